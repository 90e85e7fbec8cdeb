// SPDX-License-Identifier: LGPL-2.1-or-later
// Options of a command line that choose one of the values of an enumeration.
#pragma once

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cardseal::client {

/// The words of a command line for the values of an enumeration.
template <class Choice>
using Words = std::vector<std::pair<std::string, Choice>>;

/// "one|two"
template <class Choice>
std::string alternatives(const Words<Choice>& words) {
    std::string all;
    for (const auto& [word, choice] : words) all += (all.empty() ? "" : "|") + word;
    return all;
}

/// An option whose value is one of some words.
template <class Choice>
void add_choice(CLI::App& command, const std::string& name, Choice& target, const Words<Choice>& words,
                const std::string& text) {
    command
        .add_option_function<std::string>(
            name,
            [name, words, &target](const std::string& value) {
                const auto found =
                    std::ranges::find_if(words, [&](const auto& candidate) { return candidate.first == value; });
                if (found == words.end())
                    throw CLI::ValidationError(name, "'" + value + "' is not one of " + alternatives(words));
                target = found->second;
            },
            text)
        ->type_name(alternatives(words));
}

/// An option without a value.
template <class Choice>
CLI::Option* add_switch(CLI::App& command, const std::string& name, Choice& target, Choice choice,
                        const std::string& text) {
    return command.add_flag_callback(
        name, [&target, choice] { target = choice; }, text);
}

}  // namespace cardseal::client
