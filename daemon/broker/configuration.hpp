// SPDX-License-Identifier: LGPL-2.1-or-later
// Configuration: what cardseal.toml says (cardseal.toml(5)).
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cardseal::broker {

/// One PKCS#11 module and the environment that its process gets beside the common one.
struct ModuleSetup {
    std::string path;
    std::vector<std::string> environment;  ///< "NAME=value"
    std::string init_args = {};            ///< what it wants to be told when it is initialised
    auto operator<=>(const ModuleSetup&) const = default;
};

/// Are the certificates of people whose signed mail was valid kept in the user's folder?
enum class Remembering { Nobody, Signers };

/// When tokens are logged out without being told to.
struct LogoutSetup {
    std::optional<std::chrono::seconds> idle = std::chrono::minutes(15);  ///< since the last use; nothing: never
    std::optional<std::chrono::seconds> age = std::chrono::hours(8);      ///< since the PIN was typed; nothing: never
    bool on_screen_lock = true;
    bool on_suspend = true;
};

/// What a key asks of a person beyond the login to its token; later ones are stricter.
enum class Consent {
    Normal,   ///< nothing
    Timed,    ///< that the PIN was typed a short while ago
    Confirm,  ///< a confirmation of each use
};

struct KeyPolicy {
    std::string key{};  ///< KEY, as in the interface
    Consent consent = Consent::Normal;
    std::chrono::seconds time = std::chrono::minutes(5);  ///< Timed: how long a typed PIN counts
};

struct Configuration {
    std::filesystem::path file;        ///< that was read; empty: none
    std::vector<ModuleSetup> modules;  ///< empty: p11-kit's
    std::string pinentry = "/usr/bin/pinentry";
    std::vector<std::filesystem::path> anchors;  ///< files or folders of PEM or DER
    std::vector<std::filesystem::path> crls;
    /// Folders with other people's certificates, beside the user's own.
    std::vector<std::filesystem::path> certificate_folders{"/etc/cardseal/certificates"};
    Remembering remembering = Remembering::Signers;
    LogoutSetup logout;
    std::vector<KeyPolicy> keys;
};

/// Reads a file. InvalidArgs, naming file and line, for anything that is not exactly as documented: a daemon that
/// guesses what its owner meant would trust or load something else.
Configuration read_configuration(const std::filesystem::path& file);

/// Where a configuration is looked for, first to last, given HOME and XDG_CONFIG_HOME (empty: unset).
std::vector<std::filesystem::path> configuration_places(const std::string& home, const std::string& config_home);

/// The named file, else the first that exists, else the built-in configuration.
Configuration find_configuration(const std::optional<std::filesystem::path>& named);

/// The environment variable, or an empty string.
std::string environment_variable(const char* name);

}  // namespace cardseal::broker
