// SPDX-License-Identifier: LGPL-2.1-or-later
// As much of MIME (RFC 2045, 2046, 2231, 1847) as finding S/MIME messages in a mail takes. It never changes a byte: it
// says where things are.
//
// What crosses here, and who is believed: a mail is a stranger's. What is not there once and clearly (two Content-Type
// fields, two boundaries, nested multiparts that share one) is refused, because another program might read it otherwise
// than this one and show as protected what was not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cms/source.hpp"

namespace cardseal::cms {

inline constexpr size_t max_mime_depth = 32;  ///< of parts in parts

/// The fields of a header that matter here.
struct MimeHeader {
    std::string media_type = "text/plain";  ///< lower case: "application/pkcs7-mime"
    std::string smime_type, protocol;       ///< lower case
    std::string header_protection;          ///< Content-Type's hp (RFC 9788 §2.1.1): "clear", "cipher"
    std::string boundary;
    std::string file_name;          ///< UTF-8: Content-Disposition's filename, else Content-Type's name
    std::string transfer_encoding;  ///< lower case
    uint64_t size = 0;              ///< bytes of the header, with the empty line that ends it
};

/// Whether text begins like a header: "Name:", or "From " of a mailbox file.
bool looks_like_header(ByteView text);

/// The header at the start of an entity, see split_header. BadMessage if it leaves open what it means.
MimeHeader parse_mime_header(ByteView text);

/// The same; nothing if the text does not begin with a header.
std::optional<MimeHeader> read_mime_header(ByteView text);

/// One entity of a mail: the mail itself, a part of a multipart, or the mail in a message/rfc822.
struct MailPart {
    std::string path;  ///< "1.2": the second part of the first; "": the mail itself
    MimeHeader header;
    uint64_t offset = 0, size = 0;  ///< of the entity in the mail, with its header
    size_t children = 0;
    bool closed = false;            ///< a multipart: its last boundary is there
    bool of_attached_mail = false;  ///< it belongs to a mail that is attached to this one
    uint64_t body() const { return offset + header.size; }
    uint64_t body_size() const { return size - header.size; }
};

/// All entities of a mail, each before those in it. Memory use is constant. BadMessage if the mail's own header or last
/// boundary is not there, or if it leaves open where a part ends; a malformed header of a part makes it one opaque
/// part. LimitExceeded above ipc::max_parts, max_mime_depth or largest_header.
std::vector<MailPart> walk_mail(const Source& mail);

}  // namespace cardseal::cms
