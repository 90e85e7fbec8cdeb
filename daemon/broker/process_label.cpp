// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person is shown of a process: its program's name and its number.
#include "broker/process_label.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>

namespace cardseal::broker {

namespace {

std::filesystem::path folder_of(uint32_t process) { return std::filesystem::path("/proc") / std::to_string(process); }

/// The first number of the field "NAME:" of a file in proc(5).
std::optional<int64_t> number_in(const std::filesystem::path& file, const std::string& name) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name + ":\t")) continue;
        int64_t number = 0;
        const auto* end = line.data() + line.size();
        const bool is_number = std::from_chars(line.data() + name.size() + 2, end, number).ec == std::errc();
        return is_number ? std::optional(number) : std::nullopt;
    }
    return std::nullopt;
}

/// Only a pidfd has this field there: -1 when its process has ended, 0 when that is in another namespace.
std::optional<int64_t> process_behind(int pidfd) {
    return number_in("/proc/self/fdinfo/" + std::to_string(pidfd), "Pid");
}

}  // namespace

std::string process_label(uint32_t process) {
    std::error_code unreadable;
    auto name = std::filesystem::read_symlink(folder_of(process) / "exe", unreadable).filename().string();
    if (unreadable || name.empty()) std::getline(std::ifstream(folder_of(process) / "comm"), name);
    for (auto& character : name)
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) character = '?';
    return (name.empty() ? "a program" : name.substr(0, 64)) + " [" + std::to_string(process) + "]";
}

std::optional<std::string> label_behind(int pidfd) {
    const auto process = process_behind(pidfd);
    if (!process) return std::nullopt;
    if (*process <= 0) return "";
    const auto number = static_cast<uint32_t>(*process);
    const bool is_ours = number_in(folder_of(number) / "status", "Uid") == getuid();
    auto label = process_label(number);
    // A number is not given away while its process is there: what was read in between was of this one.
    return is_ours && process_behind(pidfd) == process ? label : "";
}

}  // namespace cardseal::broker
