// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells why nothing was signed, also where git would not.
#pragma once

#include <string>

#include "cardseal.hpp"

namespace cardseal::client::git {

/// What failed, why, what to do next, and for a key that was not found where git keeps its name.
std::string describe_refusal(const Error& error);

/// git before 2.41 swallows what a signing program says: then the person's terminal, if there is one, gets it.
void tell_past_git(const std::string& text);

/// Whether this is "git version 2.40.1" or earlier; false if it is no version of git.
bool swallows_errors(const std::string& version);

}  // namespace cardseal::client::git
