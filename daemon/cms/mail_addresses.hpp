// SPDX-License-Identifier: LGPL-2.1-or-later
// Who a mail says it is from: the addresses in From and Sender (RFC 5322 §3.4, §3.6.2; RFC 6532), and whether they are
// a certificate's (RFC 8550 §3).
//
// What crosses here, and who is believed: the header is a stranger's, and other programs read it too, perhaps
// otherwise. Only what RFC 5322 generates is read; anything else matches nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

inline constexpr size_t most_author_addresses = 64;

struct MailAuthors {
    std::vector<std::string> from, sender;
    bool readable = true;  ///< false: a field is there twice, or is not what RFC 5322 generates
};

/// Those of a mail's header; empty if it has neither field.
std::optional<MailAuthors> read_mail_authors(ByteView header);

/// The addresses of a field's value: mailboxes and groups, with display names and comments passed over. Empty if it is
/// not well-formed, has control characters or no UTF-8, or more than `most_author_addresses`.
std::optional<std::vector<std::string>> parse_address_list(std::string_view value);

/// Those that a caller names, as addresses or as whole values of the fields.
MailAuthors authors_named(const std::vector<std::string>& texts);

struct AddressJudgement {
    ipc::AddressMatch match = ipc::AddressMatch::Unchecked;
    std::string reason;  ///< names both sides of a mismatch; what to know of a match; else empty
};

/// A match is any address of the certificate with any author or sender: local part and domain are compared without the
/// case of ASCII letters, and else octet by octet, so that an internationalised domain's U-label is not its A-label;
/// "ada" in quotes is ada without. A certificate without an address, or a message
/// without authors, is unchecked.
AddressJudgement judge_addresses(const std::vector<std::string>& of_certificate,
                                 const std::optional<MailAuthors>& authors);

}  // namespace cardseal::cms
