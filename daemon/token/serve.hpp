// SPDX-License-Identifier: LGPL-2.1-or-later
// The token worker's request loop.
//
// What crosses here, and who is believed: the broker says which key a job may use, and is believed. Every field of a
// private-key request may be an attacker's: see operations.hpp. A packet that is not a well-formed request ends the
// process.
#pragma once

#include "ipc/channel.hpp"
#include "token/tokens.hpp"

namespace cardseal::token {

/// Tells the broker, unasked, that the tokens are not what they were.
void tell_tokens_changed(const ipc::Channel& channel);

/// Serves until the broker closes its end; answers come in any order. Does not return after a malformed packet.
void serve(const ipc::Channel& channel, Tokens& tokens);

/// Tells the broker why this process ends, and returns when the broker has hung up: what is still unread when one end
/// of a socket closes takes back what that end has said.
void tell_end(const ipc::Channel& channel, const Error& why);

}  // namespace cardseal::token
