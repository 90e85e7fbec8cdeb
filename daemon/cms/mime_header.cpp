// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading a MIME header: folded fields, quoted parameters, comments.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/mime.hpp"

namespace cardseal::cms {
namespace {

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

/// The value of the one field of that name; two would leave open which of them another program believes.
std::string value_of(const HeaderFields& header, std::string_view name) {
    std::optional<std::string> value;
    for (const auto& field : header.fields) {
        if (!field.is_named(name)) continue;
        if (value) refuse("a header field stands there twice");
        value = field.value();
    }
    return value.value_or("");
}

struct Parameter {
    std::string name;  ///< lower case
    std::string value;
};

/// Reads "type; name=value; name=\"value\" (comment)" from the left.
class ParameterReader {
public:
    explicit ParameterReader(std::string_view text) : text_(text) {}

    std::string head() { return lower_case(trimmed(take_until(";"))); }

    /// The next name and value; nothing at the end.
    std::optional<Parameter> next() {
        while (!text_.empty()) {
            text_.remove_prefix(1);  // ';'
            auto name = lower_case(trimmed(take_until("=;")));
            if (!text_.starts_with('=')) continue;
            text_.remove_prefix(1);
            return Parameter{std::move(name), std::string(trimmed(take_until(";")))};
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
        if (parameter->name == "protocol") header.protocol = lower_case(parameter->value);
        if (parameter->name == "hp") header.header_protection = lower_case(parameter->value);
        if (parameter->name == "name") header.file_name = lower_case(parameter->value);
    }
}

void read_disposition(const std::string& value, MimeHeader& header) {
    ParameterReader reader(value);
    (void)reader.head();
    while (auto parameter = reader.next())
        if (parameter->name == "filename") header.file_name = lower_case(parameter->value);
}

}  // namespace

bool looks_like_header(ByteView bytes) {
    const auto text = text_of(bytes);
    return text.starts_with("From ") || is_field_name(text.substr(0, text.find(':') == text.npos ? 0 : text.find(':')));
}

MimeHeader parse_mime_header(ByteView bytes) {
    const auto fields = split_header(text_of(bytes));
    MimeHeader header;
    header.size = fields.size;
    read_content_type(value_of(fields, "content-type"), header);
    if (header.media_type.empty()) header.media_type = "text/plain";
    read_disposition(value_of(fields, "content-disposition"), header);
    const auto encoding = value_of(fields, "content-transfer-encoding");
    header.transfer_encoding = ParameterReader(encoding).head();
    return header;
}

}  // namespace cardseal::cms
