// SPDX-License-Identifier: LGPL-2.1-or-later
// What a mistyped word was meant to be.
#pragma once

#include <string>
#include <vector>

namespace cardseal::client {

/// "; did you mean 'sign'?", or nothing if no known word is near.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

}  // namespace cardseal::client
