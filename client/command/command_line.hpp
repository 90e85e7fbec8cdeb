// SPDX-License-Identifier: LGPL-2.1-or-later
// The frame around CLI11 that every program here has: its name, help and version, and how words become a request.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "command/arguments.hpp"

namespace cardseal::client {

/// Gives the program its name, --version and --help.
void name_program(CLI::App& root, const std::string& name, const std::string& help_option = "-h,--help");

/// The words of main() behind the program's name.
std::vector<std::string> words_of(int argument_count, const char* const* arguments);

/// What every program answers: --help, --version, and what may come next.
using Answer = std::variant<ShowText, Complete>;

/// Takes in the words behind the program's name. The answer, if they ask for one; throws InvalidArgs.
std::optional<Answer> take_in(CLI::App& root, std::vector<std::string> words);

/// What the words ask for: an answer, or else what `chosen` gives when they are taken in.
template <class Request, class Chosen>
Request parse(CLI::App& root, std::vector<std::string> words, const Chosen& chosen) {
    if (const auto answer = take_in(root, std::move(words)))
        return std::visit([](const auto& request) -> Request { return request; }, *answer);
    return chosen();
}

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
