// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening a message in any of the forms that people have it: DER or BER, PEM, bare base64, S/MIME, a whole mail.
#pragma once

#include <memory>

#include "cms/job_link.hpp"
#include "cms/mail_addresses.hpp"
#include "cms/source.hpp"

namespace cardseal::cms {

struct OpenedMessage {
    std::unique_ptr<Source> whole;       ///< owns what the others refer to; may be null
    std::unique_ptr<Source> message;     ///< the CMS bytes (DER or BER), without armor; never null
    std::unique_ptr<Source> content;     ///< of a multipart/signed: the first part's exact bytes; else null
    uint64_t bytes_in = 0;               ///< read from the descriptor
    std::optional<MailAuthors> authors;  ///< of a mail
};

/// Reads all of `input` into a private copy (memory up to 16 MiB, then an encrypted spool file of the broker's) unless
/// it is Private already, and finds the CMS message in it. BadMessage if it is empty, cut, has trailing garbage, or is
/// not of the form asked for; the message names the form that it has.
OpenedMessage open_message(FileDescriptor input, ipc::InputForm form, ipc::InputOrigin origin, JobLink& link);

}  // namespace cardseal::cms
