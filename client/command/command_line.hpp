// SPDX-License-Identifier: LGPL-2.1-or-later
// The frame around CLI11 that every program here has: its name, help and version, and how words become a request.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "command/arguments.hpp"

namespace cardseal::client {

/// Gives the program its name, --version and --help.
void name_program(CLI::App& root, const std::string& name, const std::string& help_option = "-h,--help");

/// Parses the words behind the program's name. The text to show if they ask for one; throws InvalidArgs.
std::optional<ShowText> parse(CLI::App& root, std::vector<std::string> words);

/// The words of main() behind the program's name.
std::vector<std::string> words_of(int argument_count, const char* const* arguments);

/// One request of each kind, for the options of its command to fill, and the one whose command was given.
template <class Request>
class Requests;

template <class... Kinds>
class Requests<std::variant<Kinds...>> {
public:
    using Request = std::variant<Kinds...>;

    /// The one that the options of `command` fill. It is chosen if the command is given and `check` does not throw.
    template <class Kind>
    Kind& of(
        CLI::App& command, void (*check)(const Kind&) = [](const Kind&) {}) {
        auto& request = std::get<Kind>(all_);
        command.callback([this, &request, check] {
            check(request);
            chosen_ = request;
        });
        return request;
    }

    /// A command without options.
    void choose(CLI::App& command, const Request& request) {
        command.callback([this, request] { chosen_ = request; });
    }

    const Request& chosen() const { return chosen_; }

private:
    std::tuple<Kinds...> all_;
    Request chosen_;
};

}  // namespace cardseal::client
