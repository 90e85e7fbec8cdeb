// SPDX-License-Identifier: LGPL-2.1-or-later
// Changing a token's PIN, and setting a new one for a PIN that is locked, with a person in between.
#pragma once

#include "token/pin_dialogue.hpp"

namespace cardseal::token {

/// Asks for the PIN and twice for a new one, then C_SetPIN; at a pin pad the token asks. LoggedIn: changed. As with a
/// login, each try has a PIN that was typed just now for it. Throws the token's own failures.
ipc::LoginEnded change_pin(Token& token, const ipc::Prompt& prompt, FileDescriptor pinentry, Deadline deadline);

/// Asks for the security officer's PIN (many cards call it PUK) and twice for a new PIN, logs everybody out, and sets
/// it with C_InitPIN. LoggedIn: set.
ipc::LoginEnded unblock_pin(Token& token, const ipc::Prompt& prompt, FileDescriptor pinentry, Deadline deadline);

}  // namespace cardseal::token
