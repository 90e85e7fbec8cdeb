// SPDX-License-Identifier: LGPL-2.1-or-later
// Dividing the header of a mail that is to be signed or encrypted: what stays outside, what goes inside.
#pragma once

#include <string>

#include "cms/mime.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

/// The beginning of a MIME entity that is to be signed or encrypted, and what stands outside of it.
struct EntityStart {
    std::string outer;   ///< the fields before those of the S/MIME entity, MIME-Version among them; CR LF line ends
    std::string header;  ///< of the entity, with the empty line; CR LF line ends
    MimeHeader mime;     ///< the same, read; its size is that of the header in the input
};

/// The content is the entity itself. BadMessage if it does not begin with a MIME header.
EntityStart read_entity_start(ByteView start);

/// The content is a mail (RFC 5322). Its Content-* fields go inside, all others stay outside, each with its bytes but
/// for line ends; MIME-Version is outside exactly once. The line of a mailbox file before it is dropped. With header
/// protection (RFC 9788) what stays outside stands inside too, but for blind copies; Cipher hides Subject, Comments and
/// Keywords outside (§3.2.1, hcp_baseline) and records inside what is outside (HP-Outer).
/// BadMessage if there is no such header, or it has NUL bytes or a CR alone, which could be read as another field.
EntityStart divide_mail_header(ByteView start, ipc::HeaderProtection protection);

/// The header with another Content-Transfer-Encoding.
std::string with_transfer_encoding(std::string_view header, std::string_view encoding);

}  // namespace cardseal::cms
