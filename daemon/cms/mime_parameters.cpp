// SPDX-License-Identifier: LGPL-2.1-or-later
// The parameters of a MIME field's value, "type; name=value", in all the ways of RFC 2045 and RFC 2231.
#include "cms/mime_parameters.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/text.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t most_parameters = 256;  ///< of a field

bool is_blank(char character) { return character == ' ' || character == '\t'; }

/// Takes a value apart from its left.
class ParameterReader {
public:
    explicit ParameterReader(std::string_view text) : text_(text) {}

    bool take(char character) {
        if (!text_.starts_with(character)) return false;
        text_.remove_prefix(1);
        return true;
    }

    /// Up to one of the `ends` that is outside quotes and comments, both of which are resolved (RFC 822 §3.4).
    std::string take_until(std::string_view ends) {
        std::string taken;
        size_t wanted = 0;  // without blanks that follow
        bool quoted = false;
        int comments = 0;
        size_t i = 0;
        for (; i < text_.size(); ++i) {
            char c = text_[i];
            const bool escaped = c == '\\' && (quoted || comments) && i + 1 < text_.size();
            if (escaped) c = text_[++i];
            if (!escaped && c == '"' && !comments) {
                quoted = !quoted;
                wanted = taken.size();
            } else if (!escaped && !quoted && c == '(') {
                ++comments;
            } else if (!escaped && !quoted && comments && c == ')') {
                --comments;
            } else if (!quoted && !comments && ends.find(c) != ends.npos) {
                break;
            } else if (!comments && (quoted || !is_blank(c) || !taken.empty())) {
                taken += c;
                if (quoted || !is_blank(c)) wanted = taken.size();
            }
        }
        text_.remove_prefix(i);
        taken.resize(wanted);
        return taken;
    }

private:
    std::string_view text_;
};

int digit(char character) {
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'A' && character <= 'F') return character - 'A' + 10;
    if (character >= 'a' && character <= 'f') return character - 'a' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
        decoded += escape ? static_cast<char>(digit(text[i + 1]) << 4 | digit(text[i + 2])) : text[i];
        if (escape) i += 2;
    }
    return decoded;
}

std::string from_latin_1(std::string_view text) {
    std::string utf8;
    for (const char character : text) {
        const auto octet = static_cast<unsigned char>(character);
        if (octet >= 0x80) utf8 += static_cast<char>(0xc0 | octet >> 6);
        utf8 += octet < 0x80 ? character : static_cast<char>(0x80 | (octet & 0x3f));
    }
    return utf8;
}

/// Other character sets matter for showing a name only: what is not ASCII in them becomes "?".
std::string to_utf8(const std::string& character_set, std::string text) {
    if (character_set == "iso-8859-1") return from_latin_1(text);
    if ((character_set.empty() || character_set == "utf-8") && is_utf8(text)) return text;
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    return text;
}

/// "utf-8'de'" before an extended value (RFC 2231 §4), which is taken off it.
std::string take_character_set(std::string_view& text) {
    const auto first = text.find('\'');
    const auto second = first == text.npos ? first : text.find('\'', first + 1);
    if (second == text.npos) return {};
    auto character_set = lower_case(text.substr(0, first));
    text.remove_prefix(second + 1);
    return character_set;
}

}  // namespace

MimeParameters::MimeParameters(std::string_view value) {
    ParameterReader reader(value);
    head_ = lower_case(reader.take_until(";"));
    std::erase_if(head_, is_blank);
    while (reader.take(';')) {
        if (parameters_.size() == most_parameters)
            throw Error(ErrorCode::LimitExceeded, "a header field of the message has too many parameters");
        auto name = lower_case(reader.take_until("=;"));
        if (reader.take('=')) parameters_.push_back(parameter(std::move(name), reader.take_until(";")));
    }
}

/// "name", "name*", "name*1", "name*1*".
MimeParameters::Parameter MimeParameters::parameter(std::string name, std::string text) {
    const bool extended = name.ends_with('*');
    if (extended) name.pop_back();
    const auto star = name.find('*');
    if (star == name.npos) return {std::move(name), std::nullopt, extended, std::move(text)};
    size_t section = 0;
    const auto* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + star + 1, end, section);
    if (error != std::errc() || stop != end) return {std::move(name), std::nullopt, extended, std::move(text)};
    return {name.substr(0, star), section, extended, std::move(text)};
}

const MimeParameters::Parameter* MimeParameters::find(std::string_view name, std::optional<size_t> section) const {
    const auto fits = [&](const Parameter& each) { return each.name == name && each.section == section; };
    const auto extended =
        std::ranges::find_if(parameters_, [&](const auto& each) { return fits(each) && each.extended; });
    if (extended != parameters_.end()) return &*extended;
    const auto plain = std::ranges::find_if(parameters_, fits);
    return plain == parameters_.end() ? nullptr : &*plain;
}

std::string MimeParameters::joined(std::string_view name) const {
    std::string all, character_set;
    for (size_t section = 0; const auto* each = find(name, section); ++section) {
        std::string_view text = each->text;
        if (section == 0 && each->extended) character_set = take_character_set(text);
        all += each->extended ? percent_decoded(text) : text;
    }
    return to_utf8(character_set, std::move(all));
}

std::string MimeParameters::value(std::string_view name) const {
    const auto* whole = find(name, std::nullopt);
    if (find(name, 0) && !(whole && whole->extended)) return joined(name);
    if (!whole) return {};
    std::string_view text = whole->text;
    if (!whole->extended) return to_utf8({}, std::string(text));
    const auto character_set = take_character_set(text);
    return to_utf8(character_set, percent_decoded(text));
}

bool MimeParameters::is_ambiguous(std::string_view name) const {
    const auto count = [&](std::optional<size_t> section) {
        return std::ranges::count_if(parameters_,
                                     [&](const auto& each) { return each.name == name && each.section == section; });
    };
    auto values = count(std::nullopt) + (count(0) > 0 ? 1 : 0);
    for (size_t section = 0; count(section) > 0; ++section) values = std::max(values, count(section));
    return values > 1;
}

}  // namespace cardseal::cms
