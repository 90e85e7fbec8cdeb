// SPDX-License-Identifier: LGPL-2.1-or-later
// Who gets a mail, and whom of them the others must not learn of.
#pragma once

#include <string>
#include <vector>

#include "command/mail_header.hpp"
#include "sendmail/envelope.hpp"

namespace cardseal::client::sendmail {

struct Recipients {
    std::vector<std::string> visible;  ///< in To or Cc
    std::vector<std::string> hidden;   ///< in Bcc, or on the command line alone

    std::vector<std::string> all() const;
};

/// Those of the command line, and with -t those of the header: of its Resent-* fields if it has any (RFC 5322 3.6.6).
Recipients recipients_of(const Envelope& envelope, const MailHeader& header);

/// The address of From; of several authors that of Sender. BadMessage if there is none.
std::string author_of(const MailHeader& header);

}  // namespace cardseal::client::sendmail
