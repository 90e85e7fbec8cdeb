// SPDX-License-Identifier: LGPL-2.1-or-later
// Looking after a token: making keys on it (ipc/token_care_messages.hpp).
#pragma once

#include "ipc/token_care_messages.hpp"
#include "token/token.hpp"

namespace cardseal::token {

/// Makes a key pair whose private half never leaves the token. UnsupportedAlgorithm, naming what the token makes;
/// those of write_to.
ipc::KeyFound generate_key(Token& token, const ipc::GenerateKey& request);

}  // namespace cardseal::token
