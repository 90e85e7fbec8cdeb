// SPDX-License-Identifier: LGPL-2.1-or-later
// The content-encryption key of a message, by way of the one recipient that the broker chose.
#pragma once

#include "cms/envelope.hpp"
#include "cms/job_link.hpp"

namespace cardseal::cms {

/// What went wrong once a recipient is chosen: always this, whatever it was, so that nobody who sends messages to be
/// decrypted learns anything about a key from how they fail.
[[noreturn]] void throw_decrypt_failed();

/// Asks the broker for a recipient, then for one private-key operation. Errors of tokens and people keep their names.
Secret obtain_content_key(const Envelope& envelope, JobLink& link);

}  // namespace cardseal::cms
