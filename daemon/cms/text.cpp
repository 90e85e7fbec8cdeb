// SPDX-License-Identifier: LGPL-2.1-or-later
// Text that leaves the worker: checked as UTF-8 (D-Bus takes nothing else) and cut to a length.
#include "cms/text.hpp"

#include <algorithm>
#include <cstdint>

namespace cardseal::cms {

static uint8_t octet(std::string_view text, size_t index) { return static_cast<uint8_t>(text[index]); }

static bool is_continuation(std::string_view text, size_t index) {
    return index < text.size() && (octet(text, index) & 0xc0) == 0x80;
}

/// Bytes of the character at `index`; 0 if it is none.
static size_t character_size(std::string_view text, size_t index) {
    const auto first = octet(text, index);
    if (first < 0x80) return 1;
    const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4) return 0;
    for (size_t i = 1; i < size; ++i)
        if (!is_continuation(text, index + i)) return 0;
    const auto second = octet(text, index + 1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
    return size;
}

bool is_utf8(std::string_view text) {
    for (size_t index = 0; index < text.size();) {
        const auto size = character_size(text, index);
        if (size == 0) return false;
        index += size;
    }
    return true;
}

bool same_without_case(std::string_view first, std::string_view second) {
    const auto lower = [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    return std::ranges::equal(first, second, {}, lower, lower);
}

std::string shortened(std::string text, size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && is_continuation(text, most)) --most;
    text.resize(most);
    return text;
}

}  // namespace cardseal::cms
