// SPDX-License-Identifier: LGPL-2.1-or-later
// Other programs of this user that may hold a card, found in /proc.
#include "command/card_holders.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>

namespace cardseal::client {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view own_worker = "cardseal-token-";  // as much of it as the kernel keeps
constexpr auto card_daemons = std::to_array<std::string_view>({"scdaemon", "gnupg-pkcs11-sc", "ssh-pkcs11-help"});

std::string first_line(const fs::path& file) {
    std::string line;
    std::getline(std::ifstream(file), line);
    return line;
}

std::optional<int> process_number(const fs::path& folder) {
    const auto name = folder.filename().string();
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return number;
}

/// A module may be a symbolic link; what is mapped is the file that it leads to.
std::set<std::string> mapped_names(const std::vector<std::string>& modules) {
    std::set<std::string> names;
    for (const auto& module : modules) {
        std::error_code missing;
        const auto file = fs::canonical(module, missing);
        names.insert(missing ? module : file.string());
    }
    return names;
}

std::optional<std::string> module_of(const fs::path& process, const std::set<std::string>& modules) {
    std::ifstream maps(process / "maps");
    for (std::string line; std::getline(maps, line);) {
        const auto path = line.find('/');
        if (path != line.npos && modules.contains(line.substr(path))) return line.substr(path);
    }
    return std::nullopt;
}

std::optional<CardHolder> holder_at(const fs::path& process, const std::set<std::string>& modules) {
    const auto number = process_number(process);
    if (!number) return std::nullopt;
    const auto program = first_line(process / "comm");
    if (program == own_worker) return std::nullopt;
    if (std::ranges::find(card_daemons, program) != card_daemons.end())
        return CardHolder{*number, program, "talks to cards by itself"};
    if (const auto module = module_of(process, modules)) return CardHolder{*number, program, "has loaded " + *module};
    return std::nullopt;
}

}  // namespace

std::vector<CardHolder> find_card_holders(const std::vector<std::string>& modules) {
    const auto names = mapped_names(modules);
    std::vector<CardHolder> holders;
    std::error_code gone;
    for (fs::directory_iterator process("/proc", gone), end; !gone && process != end; process.increment(gone))
        if (auto holder = holder_at(process->path(), names)) holders.push_back(std::move(*holder));
    std::ranges::sort(holders, {}, &CardHolder::pid);
    return holders;
}

}  // namespace cardseal::client
