// SPDX-License-Identifier: LGPL-2.1-or-later
// Header fields' values as people read them (RFC 2047).
#include "command/encoded_words.hpp"

#include <cstdint>
#include <optional>

namespace cardseal::client {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& character : result)
        if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
    return result;
}

int hex_digit(char character) {
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'A' && character <= 'F') return character - 'A' + 10;
    if (character >= 'a' && character <= 'f') return character - 'a' + 10;
    return -1;
}

std::optional<std::string> decode_q(std::string_view text) {
    std::string decoded;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '=') {
            decoded += text[at] == '_' ? ' ' : text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return decoded;
}

std::optional<std::string> decode_b(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string decoded;
    uint32_t bits = 0;
    unsigned count = 0;
    while (text.ends_with('=')) text.remove_suffix(1);
    for (const char character : text) {
        const auto value = alphabet.find(character);
        if (value == alphabet.npos) return std::nullopt;
        bits = bits << 6 | static_cast<uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        decoded += static_cast<char>(bits >> count & 0xFF);
    }
    return decoded;
}

std::string from_latin1(const std::string& text) {
    std::string utf8;
    for (const char character : text) {
        const auto code = static_cast<uint8_t>(character);
        if (code < 0x80) {
            utf8 += character;
        } else {
            utf8 += static_cast<char>(0xC0 | code >> 6);
            utf8 += static_cast<char>(0x80 | (code & 0x3F));
        }
    }
    return utf8;
}

struct EncodedWord {
    std::string text;
    size_t size;  ///< of the word in the value
};

/// The encoded word that `value` begins with: =?charset[*language]?encoding?text?=
std::optional<EncodedWord> encoded_word(std::string_view value) {
    if (!value.starts_with("=?")) return std::nullopt;
    const auto charset_end = value.find('?', 2);
    if (charset_end == value.npos || charset_end + 2 >= value.size() || value[charset_end + 2] != '?')
        return std::nullopt;
    const auto start = charset_end + 3;
    const auto end = value.find("?=", start);
    if (end == value.npos) return std::nullopt;
    const auto encoded = value.substr(start, end - start);
    if (encoded.find(' ') != encoded.npos) return std::nullopt;
    const char encoding = value[charset_end + 1];
    const auto decoded = encoding == 'Q' || encoding == 'q'   ? decode_q(encoded)
                         : encoding == 'B' || encoding == 'b' ? decode_b(encoded)
                                                              : std::nullopt;
    auto charset = lower(value.substr(2, charset_end - 2));
    charset = charset.substr(0, charset.find('*'));
    if (!decoded) return std::nullopt;
    if (charset == "utf-8" || charset == "us-ascii") return EncodedWord{*decoded, end + 2};
    if (charset == "iso-8859-1") return EncodedWord{from_latin1(*decoded), end + 2};
    return std::nullopt;
}

}  // namespace

std::string decode_encoded_words(std::string_view value) {
    std::string result;
    std::string space;  // behind an encoded word: it stays unless another one follows (RFC 2047 §6.2)
    bool after_word = false;
    while (!value.empty()) {
        if (const auto word = encoded_word(value)) {
            if (!after_word) result += space;
            result += word->text;
            space.clear();
            after_word = true;
            value.remove_prefix(word->size);
        } else if (value.front() == ' ' || value.front() == '\t') {
            space += value.front();
            value.remove_prefix(1);
        } else {
            result += space + value.front();
            space.clear();
            after_word = false;
            value.remove_prefix(1);
        }
    }
    return result + space;
}

}  // namespace cardseal::client
