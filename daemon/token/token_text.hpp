// SPDX-License-Identifier: LGPL-2.1-or-later
// Texts that come from a token (labels, names) as valid UTF-8, and PKCS#11 URIs made of them (RFC 7512).
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "ipc/identifiers.hpp"

namespace cardseal::token {

/// A token's words about itself (CK_TOKEN_INFO), padding removed.
struct TokenDescription {
    std::string label, manufacturer, model, serial;
    auto operator<=>(const TokenDescription&) const = default;
};

/// Valid UTF-8 without control characters: any other byte becomes '?'. A token may say anything, and an invalid string
/// would end our connection to the bus.
std::string clean_text(ByteView bytes);

/// The same for a blank-padded field of fixed size.
std::string clean_padded_text(ByteView field);

/// At most `size` bytes of valid UTF-8, cut between characters.
std::string limited_text(std::string text, size_t size);

/// Percent-encoding of RFC 7512 §2.3: everything but unreserved characters.
std::string uri_escape(ByteView bytes);

TokenId token_uri(const TokenDescription& token);

/// The token's URI with the private key's id and label.
std::string key_uri(const TokenId& token, ByteView id, const std::string& label);

}  // namespace cardseal::token
