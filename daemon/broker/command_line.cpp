// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's command line (cardseald(8)).
#include "broker/command_line.hpp"

#include <string>

#include "base/error.hpp"

namespace cardseal::broker {

namespace {

constexpr const char* usage =
    "Signs and decrypts for programs on the session bus, which starts it; see cardseald(8).\n"
    "Usage: cardseald [--config FILE] [--libexecdir DIR] [--check]\n"
    "\n"
    "  --config FILE      the configuration instead of $XDG_CONFIG_HOME/cardseal/cardseal.toml\n"
    "                     or /etc/cardseal/cardseal.toml\n"
    "  --libexecdir DIR   where the workers' programs are (default: " CARDSEAL_LIBEXECDIR
    ")\n"
    "  --check            look for mistakes in the configuration, and exit\n"
    "  --version          print the version\n"
    "  --help             print this\n";

std::string value_of(std::span<char* const>& rest, const std::string& option) {
    if (rest.empty()) throw Error(ErrorCode::InvalidArgs, "option " + option + " needs a value");
    const std::string value = rest.front();
    rest = rest.subspan(1);
    return value;
}

}  // namespace

CommandLine parse_command_line(std::span<char* const> arguments) {
    CommandLine line{.purpose = Purpose::Serve, .configuration = {}, .libexecdir = CARDSEAL_LIBEXECDIR, .answer = {}};
    for (auto rest = arguments.subspan(1); !rest.empty();) {
        const std::string option = rest.front();
        rest = rest.subspan(1);
        if (option == "--config")
            line.configuration = value_of(rest, option);
        else if (option == "--libexecdir")
            line.libexecdir = value_of(rest, option);
        else if (option == "--check")
            line.purpose = Purpose::CheckConfiguration;
        else if (option == "--version")
            line.answer = "cardseald " CARDSEAL_VERSION "\n";
        else if (option == "--help")
            line.answer = usage;
        else
            throw Error(ErrorCode::InvalidArgs, "unknown argument '" + option + "'");
    }
    return line;
}

}  // namespace cardseal::broker
