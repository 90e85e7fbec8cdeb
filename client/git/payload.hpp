// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-git does for each request; each gives the exit status and throws Error.
#pragma once

#include "git/arguments.hpp"

namespace cardseal::client::git {

int run(const ShowText& request);
int run(const SignPayload& request);
int run(const VerifyPayload& request);

}  // namespace cardseal::client::git
