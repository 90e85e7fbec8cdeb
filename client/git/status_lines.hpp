// SPDX-License-Identifier: LGPL-2.1-or-later
// What git reads: the status lines of GnuPG (doc/DETAILS there), as far as git knows them.
#pragma once

#include <string>

#include "cardseal.hpp"
#include "git/arguments.hpp"

namespace cardseal::client::git {

/// "[GNUPG:] TEXT" and a line feed, at once. OutputFailed.
void write_status(const StatusDescriptor& descriptor, const std::string& text);

/// What a signature was found to be. git takes one verdict for a signature, so of several signers it is told of the
/// first who is not valid. Of whom it is from and how far that is trusted they say what the daemon verified, no more:
/// GOODSIG with TRUST_FULLY only if the signer is valid, its chain included.
void write_verdict(const StatusDescriptor& descriptor, const Verification& verification);

/// The signature could not be judged.
void write_no_verdict(const StatusDescriptor& descriptor);

}  // namespace cardseal::client::git
