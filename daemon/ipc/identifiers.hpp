// SPDX-License-Identifier: LGPL-2.1-or-later
// Strong types for the identifiers that travel between the processes.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace cardseal {

/// "sha256:" + hex SHA-256 of the canonical SubjectPublicKeyInfo (DESIGN.md §3); survives replugging and renewal.
struct KeyId {
    std::string value;
    auto operator<=>(const KeyId&) const = default;
};

/// The token's PKCS#11 URI (RFC 7512): token, manufacturer, model and serial; unique among present tokens.
struct TokenId {
    std::string value;
    auto operator<=>(const TokenId&) const = default;
};

/// Number of a job, unique for the broker's life.
struct JobId {
    uint64_t value = 0;
    auto operator<=>(const JobId&) const = default;
};

/// A key on one particular token: one key may be on several.
struct KeyReference {
    TokenId token;
    KeyId key;
    auto operator<=>(const KeyReference&) const = default;
};

}  // namespace cardseal
