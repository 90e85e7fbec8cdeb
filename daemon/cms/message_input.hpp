// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening a message in any of the forms that people have it: DER or BER, PEM, bare base64, S/MIME, a whole mail.
#pragma once

#include <memory>
#include <vector>

#include "cms/job_link.hpp"
#include "cms/mail_addresses.hpp"
#include "cms/source.hpp"

namespace cardseal::cms {

struct OpenedMessage {
    std::vector<std::unique_ptr<Source>> underlying;  ///< what the others refer to
    std::unique_ptr<Source> message;                  ///< the CMS bytes (DER or BER), without armor; never null
    std::unique_ptr<Source> content;     ///< of a multipart/signed: the first part's exact bytes; else null
    std::optional<MailAuthors> authors;  ///< of the mail that the message is in, unless it is attached to another
    std::vector<ipc::PartReport> parts;  ///< of a mail: all; else the message as one. What was opened is covered
    uint64_t bytes_in = 0;               ///< read from the descriptor
};

/// What a job takes from a message.
struct WantedMessage {
    ipc::InputForm form;
    ipc::InputOrigin origin;
    ipc::PartSelection part;  ///< of a mail
    ipc::PartKind kind;       ///< of a mail: of the part if none is given
};

/// Reads all of `input` into a private copy (memory up to 16 MiB, then an encrypted spool file of the broker's), and
/// finds the CMS message in it; the body of a mail's part that is encoded becomes another private copy. BadMessage if
/// it is empty, cut, has trailing garbage, or is not of the form asked for; the message names the form that it has.
OpenedMessage open_message(FileDescriptor input, const WantedMessage& wanted, JobLink& link);

/// Which parts a message has, and the bytes read.
struct InspectedMessage {
    std::vector<ipc::PartReport> parts;
    uint64_t bytes_in = 0;
};

/// As open_message, but opens none of the parts.
InspectedMessage inspect_message(FileDescriptor input, ipc::InputForm form, ipc::InputOrigin origin, JobLink& link);

}  // namespace cardseal::cms
