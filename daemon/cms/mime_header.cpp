// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading a MIME header: folded fields, and the few of them that matter.
#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/mime.hpp"
#include "cms/mime_parameters.hpp"

namespace cardseal::cms {
namespace {

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

/// The value of the one field of that name; two would leave open which of them another program believes, and so would
/// a character that some take for the end of the line or of the text.
std::string value_of(const HeaderFields& header, std::string_view name) {
    const HeaderField* found = nullptr;
    for (const auto& field : header.fields) {
        if (!field.is_named(name)) continue;
        if (found) refuse("a header field stands there twice");
        found = &field;
    }
    if (!found) return {};
    auto value = found->value();
    if (value.find_first_of(std::string_view("\0\r", 2)) != std::string::npos)
        refuse("a header field has a control character");
    return value;
}

void read_content_type(const std::string& value, MimeHeader& header) {
    const MimeParameters parameters(value);
    if (!parameters.head().empty()) header.media_type = parameters.head();
    if (parameters.is_ambiguous("boundary")) refuse("a part has two boundaries");
    header.boundary = parameters.value("boundary");
    header.protocol = lower_case(parameters.value("protocol"));
    header.header_protection = lower_case(parameters.value("hp"));
    header.smime_type = lower_case(parameters.value("smime-type"));
    header.file_name = parameters.value("name");
}

void read_disposition(const std::string& value, MimeHeader& header) {
    auto name = MimeParameters(value).value("filename");
    if (!name.empty()) header.file_name = std::move(name);
}

MimeHeader meaning_of(const HeaderFields& fields) {
    MimeHeader header;
    header.size = fields.size;
    read_content_type(value_of(fields, "content-type"), header);
    read_disposition(value_of(fields, "content-disposition"), header);
    header.transfer_encoding = MimeParameters(value_of(fields, "content-transfer-encoding")).head();
    return header;
}

std::optional<HeaderFields> split_if_header(std::string_view text) {
    try {
        return split_header(text);
    } catch (const Error& error) {  // what is no header is an answer here
        if (error.code() != ErrorCode::BadMessage) throw;
        return std::nullopt;
    }
}

}  // namespace

bool looks_like_header(ByteView bytes) {
    const auto text = text_of(bytes);
    const auto colon = text.find(':');
    return text.starts_with("From ") || (colon != text.npos && is_field_name(text.substr(0, colon)));
}

MimeHeader parse_mime_header(ByteView text) { return meaning_of(split_header(text_of(text))); }

std::optional<MimeHeader> read_mime_header(ByteView text) {
    const auto fields = split_if_header(text_of(text));
    return fields ? std::optional(meaning_of(*fields)) : std::nullopt;
}

}  // namespace cardseal::cms
