// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's command line (cardseald(8)).
#pragma once

#include <filesystem>
#include <optional>
#include <span>

namespace cardseal::broker {

/// What the program is started for.
enum class Purpose { Serve, CheckConfiguration };

struct CommandLine {
    Purpose purpose = Purpose::Serve;
    std::optional<std::filesystem::path> configuration;
    std::filesystem::path libexecdir;   ///< where the workers' programs are
    std::optional<std::string> answer;  ///< print this and exit: --help, --version
};

/// InvalidArgs for anything that it does not know.
CommandLine parse_command_line(std::span<char* const> arguments);

}  // namespace cardseal::broker
