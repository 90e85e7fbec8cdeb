// SPDX-License-Identifier: LGPL-2.1-or-later
// The fields of a header (RFC 5322 §2.2) with the bytes that they have: nothing is changed, folds stay where they are.
#include "cms/header_fields.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace cardseal::cms {
namespace {

constexpr std::string_view mailbox_line = "From ";

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

/// What is left of a text, taken line by line.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text), size_(text.size()) {}

    size_t taken() const { return size_ - rest_.size(); }

    /// The next line with its end.
    std::string_view next() {
        const auto end = rest_.find('\n');
        if (end == rest_.npos) refuse_end();
        const auto line = rest_.substr(0, end + 1);
        rest_.remove_prefix(line.size());
        return line;
    }

private:
    [[noreturn]] void refuse_end() const {
        if (size_ < largest_header) refuse("its header is cut");
        throw Error(ErrorCode::LimitExceeded, "the header of the message is too large");
    }

    std::string_view rest_;
    size_t size_;
};

bool is_empty(std::string_view line) { return line == "\n" || line == "\r\n"; }

bool is_fold(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

HeaderField field_of(std::string_view line) {
    const auto colon = line.find(':');
    const auto name = trimmed(line.substr(0, colon));
    if (colon == line.npos || !is_field_name(name)) refuse("its header is malformed");
    return {name, line};
}

void add_line(std::vector<HeaderField>& fields, std::string_view line) {
    if (!is_fold(line)) {
        if (fields.size() == most_header_fields)
            throw Error(ErrorCode::LimitExceeded, "the header of the message has too many fields");
        return fields.push_back(field_of(line));
    }
    if (fields.empty()) refuse("its header is malformed");
    auto& raw = fields.back().raw;
    raw = {raw.data(), raw.size() + line.size()};
}

}  // namespace

bool HeaderField::is_named(std::string_view other) const { return lower_case(name) == lower_case(other); }

std::string HeaderField::value() const {
    std::string unfolded;
    for (auto rest = raw.substr(raw.find(':') + 1); !rest.empty();) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        unfolded += line;
    }
    return std::string(trimmed(unfolded));
}

HeaderFields split_header(std::string_view text) {
    Lines lines(text.substr(0, largest_header));
    if (text.starts_with(mailbox_line)) (void)lines.next();
    HeaderFields header;
    for (auto line = lines.next(); !is_empty(line); line = lines.next()) add_line(header.fields, line);
    header.size = lines.taken();
    return header;
}

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (auto& character : result)
        if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + 32);
    return result;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_field_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

}  // namespace cardseal::cms
