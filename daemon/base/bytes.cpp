// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte sequences: hexadecimal form.
#include "base/bytes.hpp"

namespace cardseal {

std::string hex(ByteView bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (auto byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace cardseal
