// SPDX-License-Identifier: LGPL-2.1-or-later
// The key to sign with when nobody names one.
#pragma once

#include <string>

#include "cardseal.hpp"

namespace cardseal::client {

/// The id of the only key on present tokens that can sign. NoSuchKey; Ambiguous, which lists them and says that
/// `chosen_with` chooses one.
std::string only_signing_key(Client& client, const std::string& chosen_with, const Watch& watch);

}  // namespace cardseal::client
