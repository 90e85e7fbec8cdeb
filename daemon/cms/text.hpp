// SPDX-License-Identifier: LGPL-2.1-or-later
// Text that leaves the worker: checked as UTF-8 (D-Bus takes nothing else) and cut to a length.
#pragma once

#include <string>
#include <string_view>

namespace cardseal::cms {

/// RFC 3629: no over-long forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// ASCII letters compared without case, all else as it is.
bool same_without_case(std::string_view first, std::string_view second);

/// At most `most` bytes, cut between characters.
std::string shortened(std::string text, size_t most);

}  // namespace cardseal::cms
