// SPDX-License-Identifier: LGPL-2.1-or-later
// Login: from a request of the broker to a logged-in token, with a person in between.
#pragma once

#include "token/pin_dialogue.hpp"

namespace cardseal::token {

/// Prompts while the token says that the PIN was wrong, at most three times; each C_Login has a PIN that was typed just
/// now for it. On the last try it asks for a confirmation first; a locked PIN is not asked for at all. A token with
/// a pin pad is asked itself, with a notice if there is a `pinentry` for it. Ends in time for an answer before
/// `deadline` unless the module itself is slow. Throws the token's own failures; InvalidArgs if there is no pinentry
/// for a token that needs one. One at a time for each token.
ipc::LoginEnded log_in(Token& token, const ipc::Login& request, FileDescriptor pinentry, Deadline deadline);

/// Asks a person to agree; LoggedIn: agreed.
ipc::LoginEnded confirm(const ipc::Notice& request, FileDescriptor pinentry);

}  // namespace cardseal::token
