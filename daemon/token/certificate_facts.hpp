// SPDX-License-Identifier: LGPL-2.1-or-later
// What the rest of the daemon wants to know of a certificate, computed here so that the broker parses nothing.
#pragma once

#include <optional>

#include "ipc/token_messages.hpp"
#include "token/openssl.hpp"

namespace cardseal::token {

/// Empty for a kind that we do not use.
std::optional<KeyType> key_type_of(EVP_PKEY* public_key);

/// "sha256:" + hex SHA-256 of the canonical SubjectPublicKeyInfo: rsaEncryption with NULL also for an RSASSA-PSS key,
/// a named curve, an uncompressed point (DESIGN.md §3).
KeyId key_id_of(EVP_PKEY* public_key);

/// The fields of KeyFound that follow from the public key alone; empty for a key type that we do not use.
std::optional<ipc::KeyFound> public_key_facts(EVP_PKEY* public_key);

/// The fields of KeyFound that follow from the certificate alone; empty for a key type that we do not use.
std::optional<ipc::KeyFound> certificate_facts(X509* certificate, EVP_PKEY* public_key);

/// basicConstraints says CA.
bool is_authority(X509* certificate);

Bytes der_of(X509* certificate);

/// The issuer among these, its issuer, and so on, at most ipc::max_chain.
std::vector<Bytes> chain_of(X509* certificate, const std::vector<X509*>& others);

}  // namespace cardseal::token
