// SPDX-License-Identifier: LGPL-2.1-or-later
// Texts for terminals, and PEM.
#include "command/text.hpp"

#include <array>
#include <cstdio>

namespace cardseal::client {

namespace {

struct Character {
    uint32_t code_point;
    size_t size;  ///< bytes of it
};

/// The first character of UTF-8; a byte that is none counts as a control character of its own value.
Character first_character(std::string_view text) {
    const auto byte = [&](size_t index) { return static_cast<uint8_t>(text[index]); };
    const uint8_t first = byte(0);
    if (first < 0x80) return {first, 1};
    const size_t size = first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return {0x80, 1};
    uint32_t code_point = first & (0x7FU >> size);
    for (size_t index = 1; index < size; ++index) {
        if ((byte(index) & 0xC0) != 0x80) return {0x80, 1};
        code_point = code_point << 6 | (byte(index) & 0x3FU);
    }
    constexpr auto least_of_size = std::to_array<uint32_t>({0, 0, 0x80, 0x800, 0x10000});
    if (code_point < least_of_size[size]) return {0x80, 1};
    return {code_point, size};
}

bool is_in(uint32_t code_point, uint32_t first, uint32_t last) { return code_point >= first && code_point <= last; }

bool is_harmless(uint32_t code_point) {
    const bool control = code_point < 0x20 || is_in(code_point, 0x7F, 0x9F) || is_in(code_point, 0x2028, 0x2029);
    const bool direction = code_point == 0x061C || is_in(code_point, 0x200E, 0x200F) ||
                           is_in(code_point, 0x202A, 0x202E) || is_in(code_point, 0x2066, 0x2069);
    return !control && !direction;
}

std::string base64(std::span<const uint8_t> bytes) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t start = 0; start < bytes.size(); start += 3) {
        const auto group = bytes.subspan(start, std::min<size_t>(3, bytes.size() - start));
        uint32_t bits = 0;
        for (size_t index = 0; index < 3; ++index) bits = bits << 8 | (index < group.size() ? group[index] : 0U);
        for (size_t index = 0; index < 4; ++index)
            text += index <= group.size() ? alphabet[bits >> (18 - 6 * index) & 0x3F] : '=';
    }
    return text;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto [code_point, size] = first_character(text);
        if (is_harmless(code_point)) {
            result += text.substr(0, size);
        } else {
            std::array<char, 16> escaped;
            const uint32_t shown = size == 1 ? static_cast<uint8_t>(text.front()) : code_point;
            std::snprintf(escaped.data(), escaped.size(), "\\u{%X}", shown);
            result += escaped.data();
        }
        text.remove_prefix(size);
    }
    return result;
}

std::string format_size(uint64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    constexpr auto units = std::to_array<const char*>({"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"});
    double size = static_cast<double>(bytes) / 1024;
    size_t unit = 0;
    for (; size >= 1023.95 && unit + 1 < units.size(); ++unit) size /= 1024;
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.1f %s", size, units[unit]);
    return text.data();
}

std::string join(const std::vector<std::string>& texts) {
    if (texts.empty()) return "-";
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all;
}

std::string certificate_pem(std::span<const uint8_t> der) { return pem("CERTIFICATE", der); }

std::string pem(std::string_view label, std::span<const uint8_t> der) {
    auto pem = "-----BEGIN " + std::string(label) + "-----\n";
    const auto text = base64(der);
    for (size_t start = 0; start < text.size(); start += 64) pem += text.substr(start, 64) + "\n";
    return pem + "-----END " + std::string(label) + "-----\n";
}

}  // namespace cardseal::client
