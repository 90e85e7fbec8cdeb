// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing to a token: a session of its own, and errors that say what to do.
#pragma once

#include "token/token.hpp"

namespace cardseal::token {

/// Runs the operation in a read/write session that is closed after it. `what` begins the message: "cannot make a key".
/// Errors: TokenNotWritable if the token is write-protected or full; UnsupportedAlgorithm if its module cannot do that;
/// those of the token.
void write_to(Token& token, const std::string& what, const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation);

}  // namespace cardseal::token
