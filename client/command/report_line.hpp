// SPDX-License-Identifier: LGPL-2.1-or-later
// One line of a report for people.
#pragma once

#include <string>

#include "command/palette.hpp"

namespace cardseal::client {

/// "    name        value" with a value that is not to be trusted; nothing if it is empty.
std::string line(std::string name, const std::string& value, const Paint& paint = {});

/// ASCII letters in upper case.
std::string upper(std::string text);

}  // namespace cardseal::client
