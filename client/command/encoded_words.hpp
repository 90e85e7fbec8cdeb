// SPDX-License-Identifier: LGPL-2.1-or-later
// Header fields' values as people read them (RFC 2047).
#pragma once

#include <string>
#include <string_view>

namespace cardseal::client {

/// The value with its encoded words decoded to UTF-8, those in utf-8, us-ascii and iso-8859-1; others stay as they are.
/// What comes out is a stranger's: make it printable before showing it.
std::string decode_encoded_words(std::string_view value);

}  // namespace cardseal::client
