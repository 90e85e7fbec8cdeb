// SPDX-License-Identifier: LGPL-2.1-or-later
// As much of MIME (RFC 2045, 2046, 1847) as finding an S/MIME message takes. It never changes a byte: it says where
// things are.
#pragma once

#include <string>

#include "cms/source.hpp"

namespace cardseal::cms {

/// The fields of a header that matter here; all but boundary in lower case.
struct MimeHeader {
    std::string media_type;  ///< "application/pkcs7-mime"; "text/plain" if not given
    std::string boundary, protocol;
    std::string file_name;  ///< Content-Disposition's filename, else Content-Type's name
    std::string transfer_encoding;
    std::string header_protection;  ///< Content-Type's hp (RFC 9788 §2.1.1): "clear", "cipher"
    size_t size = 0;                ///< bytes of the header, with the empty line that ends it
};

/// Whether text begins like a header: "Name:", or "From " of a mailbox file.
bool looks_like_header(ByteView text);

/// The header at the start of an entity. BadMessage if it is malformed or has no end in `text`.
MimeHeader parse_mime_header(ByteView text);

/// Where the two parts of a multipart/signed body are: the first with its header (what was signed), the second with
/// its header.
struct SignedParts {
    uint64_t content_offset, content_size;
    uint64_t signature_offset, signature_size;
};

/// BadMessage unless there are exactly two parts and the closing boundary. Memory use is constant.
SignedParts split_multipart_signed(const Source& entity, uint64_t body_offset, const std::string& boundary);

}  // namespace cardseal::cms
