// SPDX-License-Identifier: LGPL-2.1-or-later
// Exit statuses for the callers of sendmail.
#pragma once

#include "cardseal.hpp"

namespace cardseal::client::sendmail {

/// One of sysexits.h: EX_TEMPFAIL if the same mail may go another time, when a token is there, a PIN is given or the
/// daemon answers.
int exit_status(const Error& error);

}  // namespace cardseal::client::sendmail
