// SPDX-License-Identifier: LGPL-2.1-or-later
// Which token is meant: by the names that people and programs give (TOKEN in the interface).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "broker/pkcs11_uri.hpp"
#include "ipc/token_messages.hpp"

namespace cardseal::broker {

/// No login is needed, or it has happened.
bool is_open(const ipc::TokenFound& token);

/// What the token says of the attribute of that name in a PKCS#11 URI; nothing if that is not about tokens.
std::optional<std::string> token_attribute(const ipc::TokenFound& token, const std::string& name);
bool uri_names_token(const UriAttributes& wanted, const ipc::TokenFound& token);

/// The one token that TOKEN names: by label, serial number or PKCS#11 URI; empty: the only one. Errors: TokenAbsent;
/// Ambiguous, listing them, if several fit; InvalidArgs for a malformed URI.
const ipc::TokenFound& select_token(std::span<const ipc::TokenFound* const> tokens, const std::string& name);

}  // namespace cardseal::broker
