// SPDX-License-Identifier: LGPL-2.1-or-later
// The header fields that a signed or encrypted content brings with it (RFC 9788, RFC 8551 §3.1).
#include "cms/protected_headers.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/mime.hpp"

namespace cardseal::cms {
namespace {

/// RFC 9788 §1.9: these say how to read the entity, and belong to it alone.
bool is_structural(const HeaderField& field) {
    const auto name = lower_case(field.name);
    return name.starts_with("content-") || name == "mime-version";
}

std::vector<ipc::HeaderText> other_fields(ByteView start) {
    std::vector<ipc::HeaderText> fields;
    for (const auto& field : split_header(text_of(start)).fields)
        if (!is_structural(field)) fields.push_back({std::string(field.name), field.value()});
    return fields;
}

bool is_protected_again(const MimeHeader& header) {
    return header.media_type == "multipart/signed" || header.media_type == "multipart/encrypted" ||
           header.media_type == "application/pkcs7-mime" || header.media_type == "application/x-pkcs7-mime";
}

/// RFC 8551 §3.1: a mail inside a message/rfc822 that is nothing but the wrapper (RFC 9788 §4.10.1).
ProtectedHeaders read_wrapped(ByteView start, const MimeHeader& wrapper) {
    if (!other_fields(start).empty()) return {};
    const auto mail = start.subspan(wrapper.size);
    if (is_protected_again(parse_mime_header(mail))) return {};
    auto fields = other_fields(mail);
    const bool has_author =
        std::ranges::any_of(fields, [](const auto& field) { return lower_case(field.name) == "from"; });
    return {has_author ? std::move(fields) : std::vector<ipc::HeaderText>(), false};
}

}  // namespace

ProtectedHeaders read_protected_headers(ByteView start) {
    try {
        const auto header = parse_mime_header(start);
        if (header.header_protection == "clear" || header.header_protection == "cipher")
            return {other_fields(start), true};
        if (header.media_type == "message/rfc822") return read_wrapped(start, header);
        return {};
    } catch (const Error&) {
        // Any bytes may be signed or encrypted; those that are no MIME entity protect no header.
        return {};
    }
}

std::vector<ipc::HeaderText> reported(std::vector<ipc::HeaderText> fields) {
    size_t bytes = 0, count = 0;
    for (const auto& field : fields) {
        bytes += field.name.size() + field.value.size();
        if (bytes > ipc::max_header_bytes || count == ipc::max_headers) break;
        ++count;
    }
    fields.resize(count);
    return fields;
}

void ContentStart::write(ByteView bytes) {
    const auto wanted = bytes.first(std::min(bytes.size(), largest_header - start_.size()));
    start_.insert(start_.end(), wanted.begin(), wanted.end());
    out_.write(bytes);
}

}  // namespace cardseal::cms
