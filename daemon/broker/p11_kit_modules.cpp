// SPDX-License-Identifier: LGPL-2.1-or-later
// p11-kit's module files: the PKCS#11 modules that the machine and its user have set up (pkcs11.conf(5)).
#include "broker/p11_kit_modules.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>

namespace cardseal::broker {

namespace {

namespace fs = std::filesystem;
using Fields = std::map<std::string, std::string>;

constexpr std::string_view our_name = "cardseald";
constexpr std::string_view spaces = " \t\r";

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(spaces);
    if (first == text.npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(spaces) - first + 1));
}

Fields read_fields(const fs::path& file) {
    Fields fields;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        const auto clean = trimmed(line);
        const auto colon = clean.find(':');
        if (clean.empty() || clean.front() == '#' || colon == clean.npos) continue;
        fields[trimmed(clean.substr(0, colon))] = trimmed(clean.substr(colon + 1));
    }
    return fields;
}

std::optional<std::string> field(const Fields& fields, const std::string& name) {
    const auto found = fields.find(name);
    if (found == fields.end()) return std::nullopt;
    return found->second;
}

/// A list is separated by spaces, commas or both.
bool names_us(std::string_view list) {
    constexpr std::string_view separators = " \t,";
    while (!list.empty()) {
        const auto first = list.find_first_not_of(separators);
        if (first == list.npos) return false;
        list = list.substr(first);
        const auto name = list.substr(0, list.find_first_of(separators));
        if (name == our_name) return true;
        list = list.substr(name.size());
    }
    return false;
}

bool enabled_for_us(const Fields& fields) {
    if (const auto only = field(fields, "enable-in"); only && !names_us(*only)) return false;
    if (const auto except = field(fields, "disable-in"); except && names_us(*except)) return false;
    return field(fields, "trust-policy") != "yes";
}

std::optional<ModuleSetup> module_of(const Fields& fields, const fs::path& modules) {
    const auto name = field(fields, "module").value_or("");
    if (name.empty() || !enabled_for_us(fields)) return std::nullopt;
    const fs::path path = modules / name;  // an absolute name replaces the folder
    if (path.stem() == "p11-kit-proxy") return std::nullopt;
    return ModuleSetup{
        .path = path.string(), .environment = {}, .init_args = field(fields, "x-init-reserved").value_or("")};
}

}  // namespace

P11KitPlaces p11_kit_places(const std::string& home) {
    P11KitPlaces places{.modules = P11_MODULE_PATH, .folders = {P11_PACKAGE_CONFIGS, P11_SYSTEM_CONFIGS}};
    if (home.starts_with('/')) places.folders.push_back(fs::path(home) / ".config/pkcs11/modules");
    return places;
}

std::vector<ModuleSetup> p11_kit_modules(const P11KitPlaces& places) {
    std::map<std::string, Fields> by_name;
    for (const auto& folder : places.folders) {
        std::error_code unreadable;
        for (const auto& entry : fs::directory_iterator(folder, unreadable))
            if (entry.path().extension() == ".module")
                for (auto& [name, value] : read_fields(entry.path()))
                    by_name[entry.path().filename().string()][name] = value;
    }
    std::vector<ModuleSetup> modules;
    for (const auto& [name, fields] : by_name)
        if (auto module = module_of(fields, places.modules);
            module && std::ranges::find(modules, *module) == modules.end())
            modules.push_back(std::move(*module));
    return modules;
}

}  // namespace cardseal::broker
