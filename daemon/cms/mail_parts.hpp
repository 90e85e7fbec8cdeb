// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of a mail as a job sees them: what each is, which one is meant, and what is told about them.
#pragma once

#include "cms/mime.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

/// Whether the body is a CMS message by its type or, for programs that do not know the type, by its file name (RFC 8551
/// §3.2.1): application/pkcs7-mime, -signature and -certificates, with x- too.
bool is_cms_part(const MimeHeader& header);

/// The signature part of a multipart/signed, likewise.
bool is_signature_part(const MimeHeader& header);

/// What a CMS message (DER or BER) is by its content type; Plain if it is none that a job takes. The beginning is
/// enough.
ipc::PartKind kind_of_message(ByteView start);

class MailParts {
public:
    /// Walks the mail, which must outlive this. Errors are those of walk_mail.
    explicit MailParts(const Source& mail);

    /// The part that the caller wants, or the first of the kind that belongs to this mail and not to one attached to
    /// it. InvalidArgs if there is no such part, BadMessage if there is none of the kind.
    const MailPart& choose(const ipc::PartSelection& wanted, ipc::PartKind kind) const;
    /// Of a multipart/signed: its two parts, whose first was signed. BadMessage that says what is wrong with it.
    const MailPart& signed_content(const MailPart& part) const;
    const MailPart& signature(const MailPart& part) const;

    /// Tells of all parts; covered are `chosen` and those in it. LimitExceeded if the names are too long in all.
    std::vector<ipc::PartReport> report(const MailPart* chosen) const;

private:
    ipc::PartKind kind_of(const MailPart& part) const;
    [[noreturn]] void refuse_all(ipc::PartKind kind) const;
    const MailPart* find(const std::string& path) const;
    const char* defect_of_signed(const MailPart& part) const;

    const Source& mail_;
    std::vector<MailPart> parts_;
    std::vector<ipc::PartKind> kinds_;  ///< of each
};

}  // namespace cardseal::cms
