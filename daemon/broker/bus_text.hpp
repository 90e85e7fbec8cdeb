// SPDX-License-Identifier: LGPL-2.1-or-later
// Text that may go over the bus.
#pragma once

#include <string>
#include <string_view>

namespace cardseal::broker {

/// The bus refuses strings that are not UTF-8, and a refused message is an answer that never comes. Labels of tokens
/// and subjects in mail are not chosen by us: what is not allowed becomes U+FFFD.
std::string bus_text(std::string_view text);

}  // namespace cardseal::broker
