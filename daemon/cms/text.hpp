// SPDX-License-Identifier: LGPL-2.1-or-later
// Text that leaves the worker: checked as UTF-8 (D-Bus takes nothing else) and cut to a length.
#pragma once

#include <string>
#include <string_view>

namespace cardseal::cms {

/// RFC 3629: no over-long forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// At most `most` bytes, cut between characters.
std::string shortened(std::string text, size_t most);

}  // namespace cardseal::cms
