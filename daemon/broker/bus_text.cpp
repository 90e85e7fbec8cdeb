// SPDX-License-Identifier: LGPL-2.1-or-later
// Text that may go over the bus.
#include "broker/bus_text.hpp"

#include <cstdint>

namespace cardseal::broker {

namespace {

/// Bytes of the sequence that this byte begins (RFC 3629); 0: none.
size_t sequence_length(uint8_t first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/// No NUL, surrogate or noncharacter: libsystemd refuses them all.
bool is_allowed(uint32_t character, size_t length) {
    constexpr uint32_t smallest[] = {0, 1, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xD800 && character < 0xE000;
    const bool noncharacter = (character >= 0xFDD0 && character <= 0xFDEF) || (character & 0xFFFE) == 0xFFFE;
    return character >= smallest[length] && character <= 0x10FFFF && !surrogate && !noncharacter;
}

/// Bytes of the allowed character at the beginning of the text; 0: none.
size_t character_length(std::string_view text) {
    const auto first = static_cast<uint8_t>(text.front());
    const auto length = sequence_length(first);
    if (length == 0 || length > text.size()) return 0;
    uint32_t character = length == 1 ? first : first & (0x7Fu >> length);
    for (size_t i = 1; i < length; ++i) {
        const auto next = static_cast<uint8_t>(text[i]);
        if ((next & 0xC0) != 0x80) return 0;
        character = character << 6 | (next & 0x3F);
    }
    return is_allowed(character, length) ? length : 0;
}

}  // namespace

std::string bus_text(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto length = character_length(text);
        if (length == 0)
            result += "\xEF\xBF\xBD";
        else
            result += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

}  // namespace cardseal::broker
