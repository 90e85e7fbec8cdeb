// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of the Assuan protocol that a client of pinentry needs.
#include "token/assuan.hpp"

#include <charconv>

namespace cardseal::token {

namespace {

int hex_digit(uint8_t byte) {
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    return -1;
}

bool needs_escape(uint8_t byte) { return byte == '%' || byte < 0x20 || byte == 0x7f; }

/// Bytes up to the beginning of the next UTF-8 character.
size_t character_size(std::string_view text) {
    size_t size = 1;
    while (size < text.size() && (static_cast<uint8_t>(text[size]) & 0xc0) == 0x80) ++size;
    return size;
}

std::string escaped(std::string_view character) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (const uint8_t byte : bytes_of(character)) {
        if (needs_escape(byte))
            result += {'%', digits[byte >> 4], digits[byte & 15]};
        else
            result += static_cast<char>(byte);
    }
    return result;
}

}  // namespace

std::string assuan_line(std::string_view command, std::string_view argument) {
    std::string line(command);
    if (!argument.empty()) line += ' ';
    while (!argument.empty()) {
        const auto size = character_size(argument);
        const auto part = escaped(argument.substr(0, size));
        if (line.size() + part.size() > max_assuan_line) break;
        line += part;
        argument.remove_prefix(size);
    }
    return line + "\n";
}

AssuanReply parse_assuan_line(ByteView line, ByteView& rest) {
    const auto begins_with = [&](std::string_view keyword) {
        const bool matches = line.size() >= keyword.size() && text_of(line.first(keyword.size())) == keyword &&
                             (line.size() == keyword.size() || line[keyword.size()] == ' ');
        if (matches) rest = line.subspan(std::min(line.size(), keyword.size() + 1));
        return matches;
    };
    if (begins_with("OK")) return AssuanReply::Ok;
    if (begins_with("ERR")) return AssuanReply::Error;
    if (begins_with("D")) return AssuanReply::Data;
    if (begins_with("S") || (!line.empty() && line[0] == '#')) return AssuanReply::Comment;
    return AssuanReply::Other;
}

bool append_assuan_data(ByteView escaped_data, Secret& data, size_t& size) {
    for (size_t i = 0; i < escaped_data.size(); ++i) {
        if (size == data.size()) return false;
        uint8_t byte = escaped_data[i];
        if (byte == '%') {
            if (i + 2 >= escaped_data.size()) return false;
            const int high = hex_digit(escaped_data[i + 1]);
            const int low = hex_digit(escaped_data[i + 2]);
            if (high < 0 || low < 0) return false;
            byte = static_cast<uint8_t>(high << 4 | low);
            i += 2;
        }
        data.reveal()[size++] = byte;
    }
    return true;
}

unsigned assuan_error_code(ByteView rest) {
    const auto text = text_of(rest);
    unsigned code = 0;
    std::from_chars(text.data(), text.data() + text.size(), code);
    return code & 0xffff;
}

}  // namespace cardseal::token
