// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading a MIME header: folded fields, quoted parameters, comments.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "cms/mime.hpp"

namespace cardseal::cms {
namespace {

struct Field {
    std::string name;   ///< lower case
    std::string value;  ///< unfolded
};

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& character : result)
        if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + 32);
    return result;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The first line, without its end, which is taken off `text` as well; nothing if the line has no end.
std::optional<std::string_view> take_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == text.npos) return std::nullopt;
    auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
}

void add_line(std::vector<Field>& fields, std::string_view line) {
    if (line.front() == ' ' || line.front() == '\t') {
        if (fields.empty()) refuse("its header is malformed");
        fields.back().value += line;
        return;
    }
    const auto colon = line.find(':');
    const auto name = trim(line.substr(0, colon));
    if (colon == line.npos || !is_name(name)) refuse("its header is malformed");
    fields.push_back({lower(name), std::string(line.substr(colon + 1))});
}

std::vector<Field> split_fields(std::string_view& text) {
    std::vector<Field> fields;
    if (text.starts_with("From ")) (void)take_line(text);
    for (;;) {
        const auto line = take_line(text);
        if (!line) refuse("its header is cut");
        if (line->empty()) return fields;
        add_line(fields, *line);
    }
}

/// The value of the one field of that name; two would leave open which of them another program believes.
std::string value_of(const std::vector<Field>& fields, std::string_view name) {
    std::optional<std::string> value;
    for (const auto& field : fields) {
        if (field.name != name) continue;
        if (value) refuse("a header field stands there twice");
        value = field.value;
    }
    return value.value_or("");
}

/// Reads "type; name=value; name=\"value\" (comment)" from the left.
class ParameterReader {
public:
    explicit ParameterReader(std::string_view text) : text_(text) {}

    std::string head() { return lower(trim(take_until(";"))); }

    /// The next name and value; nothing at the end.
    std::optional<Field> next() {
        while (!text_.empty()) {
            text_.remove_prefix(1);  // ';'
            auto name = lower(trim(take_until("=;")));
            if (!text_.starts_with('=')) continue;
            text_.remove_prefix(1);
            return Field{std::move(name), std::string(trim(take_until(";")))};
        }
        return std::nullopt;
    }

private:
    /// Up to one of the `ends` that is outside quotes and comments, both of which are resolved.
    std::string take_until(std::string_view ends) {
        std::string taken;
        bool quoted = false;
        int comment = 0;
        size_t i = 0;
        for (; i < text_.size(); ++i) {
            const char c = text_[i];
            if (c == '\\' && (quoted || comment) && i + 1 < text_.size()) {
                ++i;
                if (!comment) taken += text_[i];
            } else if (c == '"' && !comment) {
                quoted = !quoted;
            } else if (!quoted && c == '(') {
                ++comment;
            } else if (!quoted && comment && c == ')') {
                --comment;
            } else if (!quoted && !comment && ends.find(c) != ends.npos) {
                break;
            } else if (!comment) {
                taken += c;
            }
        }
        text_.remove_prefix(i);
        return taken;
    }

    std::string_view text_;
};

void read_content_type(const std::string& value, MimeHeader& header) {
    ParameterReader reader(value);
    header.media_type = reader.head();
    while (auto parameter = reader.next()) {
        if (parameter->name == "boundary") header.boundary = parameter->value;
        if (parameter->name == "protocol") header.protocol = lower(parameter->value);
        if (parameter->name == "name") header.file_name = lower(parameter->value);
    }
}

void read_disposition(const std::string& value, MimeHeader& header) {
    ParameterReader reader(value);
    (void)reader.head();
    while (auto parameter = reader.next())
        if (parameter->name == "filename") header.file_name = lower(parameter->value);
}

}  // namespace

bool looks_like_header(ByteView bytes) {
    const auto text = text_of(bytes);
    return text.starts_with("From ") || is_name(text.substr(0, text.find(':') == text.npos ? 0 : text.find(':')));
}

MimeHeader parse_mime_header(ByteView bytes) {
    auto rest = text_of(bytes);
    const auto fields = split_fields(rest);
    MimeHeader header;
    header.size = bytes.size() - rest.size();
    read_content_type(value_of(fields, "content-type"), header);
    if (header.media_type.empty()) header.media_type = "text/plain";
    read_disposition(value_of(fields, "content-disposition"), header);
    const auto encoding = value_of(fields, "content-transfer-encoding");
    header.transfer_encoding = ParameterReader(encoding).head();
    return header;
}

}  // namespace cardseal::cms
