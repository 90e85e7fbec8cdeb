// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-git does for each request; each gives the exit status and throws Error.
#pragma once

#include "command/commands.hpp"
#include "git/arguments.hpp"

namespace cardseal::client::git {

using client::run;  // help, version and completion
int run(const SignPayload& request);
int run(const VerifyPayload& request);

}  // namespace cardseal::client::git
