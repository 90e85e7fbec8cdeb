// SPDX-License-Identifier: LGPL-2.1-or-later
// Public keys out of what a token says of them (PKCS#11 2.40 §2.1.2, §2.3.3; v3.0 §2.3.5 for Edwards curves).
#pragma once

#include <p11-kit/pkcs11.h>

#include <optional>

#include "token/openssl.hpp"

namespace cardseal::token {

/// Empty for a kind that we do not use. `curve`: CKA_EC_PARAMS, empty if there are none.
std::optional<KeyType> key_type_of(CK_KEY_TYPE type, ByteView curve);

/// Null, all of these, if it is no key of that kind. OpenSSL's errors are left in its queue.
PublicKey rsa_public_key(ByteView modulus, ByteView exponent);
/// `curve`: a named one; `point`: as it is, or in an OCTET STRING or BIT STRING as modules have it.
PublicKey curve_public_key(KeyType type, ByteView curve, ByteView point);
/// A DER SubjectPublicKeyInfo.
PublicKey encoded_public_key(ByteView encoded);

}  // namespace cardseal::token
