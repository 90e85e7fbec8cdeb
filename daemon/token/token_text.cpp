// SPDX-License-Identifier: LGPL-2.1-or-later
// Cleaning of foreign text, and PKCS#11 URIs.
#include "token/token_text.hpp"

#include <algorithm>

namespace cardseal::token {

namespace {

/// Bytes of the UTF-8 character (RFC 3629 §4) at the start, or 0 if there is none.
size_t character_size(ByteView bytes) {
    const auto continues = [&](size_t index, uint8_t low = 0x80, uint8_t high = 0xbf) {
        return index < bytes.size() && bytes[index] >= low && bytes[index] <= high;
    };
    const auto first = bytes[0];
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const uint8_t low = first == 0xe0 ? 0xa0 : 0x80;
        const uint8_t high = first == 0xed ? 0x9f : 0xbf;
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const uint8_t low = first == 0xf0 ? 0x90 : 0x80;
        const uint8_t high = first == 0xf4 ? 0x8f : 0xbf;
        return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

bool is_control(uint8_t byte) { return byte < 0x20 || byte == 0x7f; }

bool is_unreserved(uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

}  // namespace

std::string clean_text(ByteView bytes) {
    std::string text;
    while (!bytes.empty()) {
        const auto size = character_size(bytes);
        if (size == 0 || is_control(bytes[0]))
            text += '?';
        else
            text += text_of(bytes.first(size));
        bytes = bytes.subspan(std::max<size_t>(size, 1));
    }
    return text;
}

std::string clean_padded_text(ByteView field) {
    // Blanks are the standard's padding (PKCS#11 §3.2); some modules pad with NUL.
    while (!field.empty() && (field.back() == ' ' || field.back() == 0)) field = field.first(field.size() - 1);
    return clean_text(field);
}

std::string limited_text(std::string text, size_t size) {
    if (text.size() <= size) return text;
    while (size > 0 && (static_cast<uint8_t>(text[size]) & 0xc0) == 0x80) --size;
    text.resize(size);
    return text;
}

std::string uri_escape(ByteView bytes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string escaped;
    for (auto byte : bytes) {
        if (is_unreserved(byte))
            escaped += static_cast<char>(byte);
        else
            escaped += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return escaped;
}

TokenId token_uri(const TokenDescription& token) {
    return {"pkcs11:model=" + uri_escape(bytes_of(token.model)) +
            ";manufacturer=" + uri_escape(bytes_of(token.manufacturer)) +
            ";serial=" + uri_escape(bytes_of(token.serial)) + ";token=" + uri_escape(bytes_of(token.label))};
}

std::string key_uri(const TokenId& token, ByteView id, const std::string& label) {
    auto uri = token.value + ";id=" + uri_escape(id);
    if (!label.empty()) uri += ";object=" + uri_escape(bytes_of(label));
    return uri + ";type=private";
}

}  // namespace cardseal::token
