// SPDX-License-Identifier: LGPL-2.1-or-later
// What may come next on a command line, from the description that the command line is parsed with: no other list of
// commands and options has to be kept. The completion scripts of the shells ask for it.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "command/arguments.hpp"

namespace cardseal::client {

/// Whether a shell asks: the first word is __complete. The words of the command line follow, up to the one that is
/// being typed, which is the last and may be empty.
bool is_question(const std::vector<std::string>& words);

/// Whether the value of an option is the next word, or always stands in the same word: "--key=KEY".
enum class OptionValues { Apart, Attached };

/// `words` as they follow __complete.
Complete completion_of(const CLI::App& root, const std::vector<std::string>& words,
                       OptionValues values = OptionValues::Apart);

}  // namespace cardseal::client
