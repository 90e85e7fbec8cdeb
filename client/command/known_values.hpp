// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys, tokens, addresses, certificates and parts of a mail that the daemon knows, as words of a command line.
#pragma once

#include <string>
#include <vector>

#include "command/arguments.hpp"

namespace cardseal::client {

/// `value` as the help has it: KEY, TOKEN, ADDRESS, RECIPIENT, FINGERPRINT, PATH; for any other nothing is known.
/// `words`: those of the command line that are no options; the last is the mail that a PATH is of.
std::vector<Candidate> known_values(const std::string& value, const std::vector<std::string>& words,
                                    const Watch& watch);

}  // namespace cardseal::client
