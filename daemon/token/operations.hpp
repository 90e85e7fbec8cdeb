// SPDX-License-Identifier: LGPL-2.1-or-later
// The private-key operations (ipc/private_key_requests.hpp, ipc/token_care_messages.hpp), with a token's key.
//
// What crosses here, and who is believed: every field may come from mail or from a process in an attacker's hands. Each
// is checked for structure and size before the token sees it; nothing that the token answers is delivered unchecked.
#pragma once

#include "base/secret.hpp"
#include "ipc/private_key_requests.hpp"
#include "ipc/token_care_messages.hpp"
#include "token/key_use.hpp"

namespace cardseal::token {

/// Digests the attributes, signs, and verifies with the certificate's public key. InvalidArgs if the bytes are not
/// signed attributes or the padding does not fit the key; ModuleFailed if the signature does not verify.
Bytes sign_attributes(KeyUse& use, const ipc::SignAttributes& request);

/// DER of a request for the key's certificate, made here out of the fields and signed. The errors of CertificateRequest;
/// UnsupportedAlgorithm if the token does not let the key sign.
Bytes sign_certificate_request(KeyUse& use, const ipc::SignCertificateRequest& fields);

/// The secret that answers for undecipherable content keys; one for the life of the process.
class SyntheticKeys {
public:
    SyntheticKeys();
    /// HMAC-SHA256 of the ciphertext, shortened: always the same for one ciphertext, so that repeating it tells
    /// nothing.
    Secret for_ciphertext(ByteView ciphertext, size_t key_length) const;

private:
    Secret secret_;
};

/// A key of `key_length` bytes, always: the decrypted one, or a synthetic one if the ciphertext holds none of that
/// length; nobody can tell which. The Errors do not depend on the ciphertext: InvalidArgs for another length than 16,
/// 24 or 32, BadMessage for a ciphertext not as long as the modulus, and those of independent_of_ciphertext.
Secret unwrap_content_key(KeyUse& use, const SyntheticKeys& synthetic, const ipc::UnwrapContentKey& request);

/// The key-encryption key. BadMessage if the point is not on the key's curve.
Secret agree_key(KeyUse& use, const ipc::AgreeKey& request);

}  // namespace cardseal::token
