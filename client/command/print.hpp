// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing answers to the standard streams.
#pragma once

#include <cstdio>
#include <string>

namespace cardseal::client {

/// OutputFailed if it cannot be written.
void print(const std::string& text, FILE* stream = stdout);

}  // namespace cardseal::client
