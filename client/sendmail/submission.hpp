// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-sendmail does for each request; each gives the exit status and throws Error.
#pragma once

#include "command/commands.hpp"
#include "sendmail/arguments.hpp"

namespace cardseal::client::sendmail {

using client::run;  // help, version and completion

/// Signs, encrypts and hands on. Nothing is handed on before all of it is made: a mail that should be signed and is not
/// never leaves.
int run(const Submission& request);

}  // namespace cardseal::client::sendmail
