// SPDX-License-Identifier: LGPL-2.1-or-later
// Configuration: what cardseal.toml says (cardseal.toml(5)).
#include "broker/configuration.hpp"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <toml++/toml.h>

#include "base/error.hpp"
#include "broker/duration.hpp"
#include "broker/key_selection.hpp"

namespace cardseal::broker {

namespace {

namespace fs = std::filesystem;

/// Refuses a file with "file:line: why".
class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[noreturn]] void refuse(const toml::source_region& place, const std::string& why) const {
        throw Error(ErrorCode::InvalidArgs,
                    "configuration " + file_.string() + ":" + std::to_string(place.begin.line) + ": " + why);
    }

    const toml::table& table(const toml::node& node, const std::string& name) const {
        if (const auto* table = node.as_table()) return *table;
        refuse(node.source(), "'" + name + "' must be a table");
    }

    const toml::array& array(const toml::node& node, const std::string& name) const {
        if (const auto* array = node.as_array()) return *array;
        refuse(node.source(), "'" + name + "' must be an array");
    }

    std::string text(const toml::node& node, const std::string& name) const {
        const auto* value = node.as_string();
        if (!value) refuse(node.source(), "'" + name + "' must be a string");
        if (value->get().empty()) refuse(node.source(), "'" + name + "' must not be empty");
        return value->get();
    }

    bool flag(const toml::node& node, const std::string& name) const {
        const auto* value = node.as_boolean();
        if (!value) refuse(node.source(), "'" + name + "' must be true or false");
        return value->get();
    }

    std::chrono::seconds duration(const toml::node& node, const std::string& name) const {
        const auto* value = node.as_string();
        const auto duration = value ? parse_duration(value->get()) : std::nullopt;
        if (!duration) refuse(node.source(), "'" + name + "' must be a duration such as \"90s\", \"15min\" or \"8h\"");
        return *duration;
    }

    std::string absolute_path(const toml::node& node, const std::string& name) const {
        auto path = text(node, name);
        if (path.front() != '/') refuse(node.source(), "'" + name + "' must be an absolute path");
        return path;
    }

    using Entry = std::function<void(const toml::node& node, const std::string& name)>;
    /// Hands each key of the table to its entry; a key without an entry is refused.
    void each_key(const toml::table& table, const std::map<std::string, Entry>& entries) const {
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            const auto entry = entries.find(name);
            if (entry == entries.end()) refuse(key.source(), "unknown key '" + name + "'");
            entry->second(node, name);
        }
    }

private:
    fs::path file_;
};

std::vector<std::string> read_environment(const Reader& reader, const toml::node& node, const std::string& name) {
    std::vector<std::string> environment;
    for (const auto& [key, value] : reader.table(node, name)) {
        const auto* text = value.as_string();
        if (!text) reader.refuse(value.source(), "'" + std::string(key.str()) + "' must be a string");
        environment.push_back(std::string(key.str()) + "=" + text->get());
    }
    return environment;
}

ModuleSetup read_module(const Reader& reader, const toml::node& node) {
    ModuleSetup module;
    reader.each_key(reader.table(node, "module"),
                    {{"path", [&](auto& value, auto& name) { module.path = reader.absolute_path(value, name); }},
                     {"init_args", [&](auto& value, auto& name) { module.init_args = reader.text(value, name); }},
                     {"environment",
                      [&](auto& value, auto& name) { module.environment = read_environment(reader, value, name); }}});
    if (module.path.empty()) reader.refuse(node.source(), "a module needs 'path'");
    return module;
}

/// "never": nothing.
std::optional<std::chrono::seconds> read_limit(const Reader& reader, const toml::node& node, const std::string& name) {
    const auto* text = node.as_string();
    if (text && text->get() == "never") return std::nullopt;
    return reader.duration(node, name);
}

std::vector<fs::path> read_paths(const Reader& reader, const toml::node& node, const std::string& name) {
    std::vector<fs::path> paths;
    for (const auto& item : reader.array(node, name)) paths.emplace_back(reader.absolute_path(item, name));
    return paths;
}

Consent read_consent(const Reader& reader, const toml::node& node, const std::string& name) {
    const auto word = reader.text(node, name);
    if (word == "normal") return Consent::Normal;
    if (word == "timed") return Consent::Timed;
    if (word == "confirm") return Consent::Confirm;
    reader.refuse(node.source(), "'" + name + "' must be \"normal\", \"timed\" or \"confirm\"");
}

/// A name that can fit no key would leave unguarded the one that was meant.
std::string read_key_name(const Reader& reader, const toml::node& node, const std::string& name) {
    auto key = reader.text(node, name);
    if (!may_name_key(key))
        reader.refuse(node.source(), "'" + key + "' is no key id, fingerprint, e-mail address or PKCS#11 URI");
    return key;
}

KeyPolicy read_key_policy(const Reader& reader, const toml::node& node) {
    KeyPolicy policy;
    reader.each_key(reader.table(node, "key"),
                    {{"key", [&](auto& value, auto& name) { policy.key = read_key_name(reader, value, name); }},
                     {"policy", [&](auto& value, auto& name) { policy.consent = read_consent(reader, value, name); }},
                     {"time", [&](auto& value, auto& name) { policy.time = reader.duration(value, name); }}});
    if (policy.key.empty()) reader.refuse(node.source(), "a key's policy needs 'key'");
    return policy;
}

// The tables of the file.

using Section = void (*)(const Reader& reader, const toml::node& node, const std::string& name, Configuration& read);

void read_modules(const Reader& reader, const toml::node& node, const std::string& name, Configuration& read) {
    for (const auto& item : reader.array(node, name)) read.modules.push_back(read_module(reader, item));
}

void read_pin(const Reader& reader, const toml::node& node, const std::string& name, Configuration& read) {
    reader.each_key(reader.table(node, name),
                    {{"pinentry", [&](auto& value, auto& key) { read.pinentry = reader.absolute_path(value, key); }}});
}

void read_trust(const Reader& reader, const toml::node& node, const std::string& name, Configuration& read) {
    reader.each_key(reader.table(node, name),
                    {{"anchors", [&](auto& value, auto& key) { read.anchors = read_paths(reader, value, key); }},
                     {"crls", [&](auto& value, auto& key) { read.crls = read_paths(reader, value, key); }}});
}

void read_logout(const Reader& reader, const toml::node& node, const std::string& name, Configuration& read) {
    auto& logout = read.logout;
    reader.each_key(reader.table(node, name),
                    {{"idle", [&](auto& value, auto& key) { logout.idle = read_limit(reader, value, key); }},
                     {"age", [&](auto& value, auto& key) { logout.age = read_limit(reader, value, key); }},
                     {"screen_lock", [&](auto& value, auto& key) { logout.on_screen_lock = reader.flag(value, key); }},
                     {"suspend", [&](auto& value, auto& key) { logout.on_suspend = reader.flag(value, key); }}});
}

void read_keys(const Reader& reader, const toml::node& node, const std::string& name, Configuration& read) {
    for (const auto& item : reader.array(node, name)) read.keys.push_back(read_key_policy(reader, item));
}

void read_certificates(const Reader& reader, const toml::node& node, const std::string& name, Configuration& read) {
    const auto remember = [&](const toml::node& value, const std::string& key) {
        read.remembering = reader.flag(value, key) ? Remembering::Signers : Remembering::Nobody;
    };
    reader.each_key(
        reader.table(node, name),
        {{"folders", [&](auto& value, auto& key) { read.certificate_folders = read_paths(reader, value, key); }},
         {"remember", remember}});
}

constexpr std::pair<const char*, Section> sections[] = {{"module", read_modules}, {"pin", read_pin},
                                                        {"trust", read_trust},    {"logout", read_logout},
                                                        {"key", read_keys},       {"certificates", read_certificates}};

toml::table parse(const fs::path& file) {
    std::ifstream stream(file);
    std::stringstream content;
    if (!stream || !(content << stream.rdbuf()))
        if (!stream || stream.bad() || !fs::is_empty(file))
            throw Error(ErrorCode::InvalidArgs, "configuration " + file.string() + ": cannot be read");
    try {
        return toml::parse(content.str());
    } catch (const toml::parse_error& error) {  // the library's error becomes ours
        Reader(file).refuse(error.source(), std::string(error.description()));
    }
}

}  // namespace

Configuration read_configuration(const fs::path& file) {
    const auto document = parse(file);
    const Reader reader(file);
    Configuration configuration;
    configuration.file = file;
    std::map<std::string, Reader::Entry> entries;
    for (const auto& [name, section] : sections)
        entries[name] = [&reader, &configuration, section = section](const toml::node& node, const std::string& key) {
            section(reader, node, key, configuration);
        };
    reader.each_key(document, entries);
    return configuration;
}

std::string environment_variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::vector<fs::path> configuration_places(const std::string& home, const std::string& config_home) {
    std::vector<fs::path> places;
    if (config_home.starts_with('/'))
        places.push_back(fs::path(config_home) / "cardseal/cardseal.toml");
    else if (home.starts_with('/'))
        places.push_back(fs::path(home) / ".config/cardseal/cardseal.toml");
    places.emplace_back("/etc/cardseal/cardseal.toml");
    return places;
}

Configuration find_configuration(const std::optional<fs::path>& named) {
    if (named) return read_configuration(*named);
    for (const auto& place :
         configuration_places(environment_variable("HOME"), environment_variable("XDG_CONFIG_HOME")))
        if (std::error_code ignored; fs::exists(place, ignored)) return read_configuration(place);
    return {};
}

}  // namespace cardseal::broker
