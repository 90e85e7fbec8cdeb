// SPDX-License-Identifier: LGPL-2.1-or-later
// The lines of the Assuan protocol: cut from a stream, taken apart, and written.
#include "gpgsm/line.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace cardseal::gpgsm {

namespace {

constexpr std::string_view blanks = " \t";

std::string_view without_leading_blanks(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::optional<unsigned char> hex_value(std::string_view digits) {
    unsigned char value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + digits.size()) return {};
    return value;
}

std::string escaped(unsigned char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return {'%', digits[byte >> 4], digits[byte & 15]};
}

}  // namespace

void LineBuffer::add(std::string_view bytes) { pending_ += bytes; }

std::optional<Line> LineBuffer::next() {
    const auto end = pending_.find('\n');
    if (end == pending_.npos) {
        // One more than the limit may still be the CR of a line that is not too long.
        discarding_ = discarding_ || pending_.size() > line_limit + 1;
        if (discarding_) pending_.clear();
        return {};
    }
    Line line{pending_.substr(0, end)};
    pending_.erase(0, end + 1);
    if (line.text.ends_with('\r')) line.text.pop_back();
    if (discarding_ || line.text.size() > line_limit) return discarding_ = false, Line{{}, Defect::TooLong};
    if (line.text.find('\0') != line.text.npos) line.defect = Defect::HasNul;
    return line;
}

bool is_silent(std::string_view line) { return line.empty() || line.front() == '#'; }

Command parse_command(std::string_view line) {
    line = without_leading_blanks(line);
    const auto end = std::min(line.find_first_of(blanks), line.size());
    Command command{std::string(line.substr(0, end)), std::string(without_leading_blanks(line.substr(end)))};
    std::ranges::transform(command.name, command.name.begin(), upper);
    return command;
}

Words parse_words(std::string_view arguments) {
    Words words;
    bool options_ended = false;
    for (auto rest = without_leading_blanks(arguments); !rest.empty(); rest = without_leading_blanks(rest)) {
        const auto word = rest.substr(0, rest.find_first_of(blanks));
        rest.remove_prefix(word.size());
        const bool is_option = !options_ended && word.starts_with("--");
        if (is_option && word == "--")
            options_ended = true;
        else
            (is_option ? words.options : words.others).emplace_back(word);
    }
    return words;
}

std::vector<std::string> Words::patterns() const {
    std::vector<std::string> patterns;
    for (const auto& word : others) patterns.push_back(unescape_pattern(word));
    return patterns;
}

Encoding encoding_in(const std::vector<std::string>& options) {
    auto encoding = Encoding::Binary;
    for (const auto& option : options) {
        if (option == "--armor") encoding = Encoding::Armor;
        if (option == "--base64") encoding = Encoding::Base64;
    }
    return encoding;
}

std::optional<DescriptorWords> parse_descriptor(std::string_view arguments) {
    const auto words = parse_words(arguments);
    if (words.others.size() != 1) return {};
    DescriptorWords parsed;
    const std::string_view word = words.others.front();
    if (word.starts_with("FD=")) {
        int number = -1;
        const auto [end, error] = std::from_chars(word.data() + 3, word.data() + word.size(), number);
        if (error != std::errc() || end != word.data() + word.size() || number < 0) return {};
        parsed.number = number;
    } else if (word != "FD") {
        return {};
    }
    parsed.encoding = encoding_in(words.options);
    for (const auto& option : words.options) parsed.options += " " + option;
    return parsed;
}

std::string data_lines(std::string_view bytes) {
    std::string lines, line;
    for (const char c : bytes) {
        const bool is_special = c == '%' || c == '\r' || c == '\n' || c == '\0';
        const auto piece = is_special ? escaped(static_cast<unsigned char>(c)) : std::string(1, c);
        if (line.size() + piece.size() > line_limit - 2) lines += "D " + std::exchange(line, {}) + "\n";
        line += piece;
    }
    return line.empty() ? lines : lines + "D " + line + "\n";
}

std::string unescape(std::string_view text) {
    std::string plain;
    for (size_t i = 0; i < text.size(); ++i) {
        const auto value = text[i] == '%' ? hex_value(text.substr(i + 1, 2)) : std::nullopt;
        plain += value ? static_cast<char>(*value) : text[i];
        if (value) i += 2;
    }
    return plain;
}

std::string unescape_pattern(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, '+', ' ');
    return unescape(spaced);
}

std::string escape_status(std::string_view text) {
    std::string escaped_text;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        escaped_text += byte < 0x20 || byte == 0x7f || c == '%' ? escaped(byte) : std::string(1, c);
    }
    return escaped_text;
}

}  // namespace cardseal::gpgsm
