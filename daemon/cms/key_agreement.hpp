// SPDX-License-Identifier: LGPL-2.1-or-later
// What both sides of an ECDH or X25519 recipient share: the agreement schemes, the key derivation, the key wraps,
// ECC-CMS-SharedInfo (RFC 5753, RFC 8418), AES Key Wrap (RFC 3394) and, of old mail, Triple-DES Key Wrap (RFC 3217).
#pragma once

#include <optional>

#include "base/secret.hpp"
#include "cms/openssl.hpp"
#include "ipc/private_key_requests.hpp"

namespace cardseal::cms {

/// An agreement scheme of RFC 5753 §7.1.4 or RFC 8418 §3.
struct AgreementScheme {
    const char* object;  ///< its identifier; OpenSSL has no names for those of RFC 8418
    ipc::Agreement agreement;
    ipc::KeyDerivation derivation;
    Digest kdf_hash;
};
std::optional<AgreementScheme> find_agreement_scheme(const ASN1_OBJECT* object);

/// A key wrap; `key_length` is the key-encryption key's, in bytes.
struct KeyWrap {
    int nid;
    size_t key_length;
    const EVP_CIPHER* (*cipher)();
};
std::optional<KeyWrap> find_key_wrap(const ASN1_OBJECT* object);
/// The AES wrap whose key-encryption key has that length: 16, 24 or 32.
KeyWrap aes_wrap_of_length(size_t key_length);

/// What a message to a key of this kind is made with: ECDH with the X9.63 KDF, X25519 with HKDF, both with SHA-256.
AgreementScheme usual_scheme(EVP_PKEY* recipient);

/// The secret that both keys agree on; nothing if it would be all zeros (X25519 with a point of small order).
std::optional<Secret> shared_secret(EVP_PKEY* ours, EVP_PKEY* theirs);

/// The scheme's key derivation without user keying material.
Secret derive_key(const AgreementScheme& scheme, const Secret& secret, ByteView info, size_t length);

/// DER of ECC-CMS-SharedInfo for that key wrap; `user_keying_material` may be null.
Bytes ecc_shared_info(const X509_ALGOR* key_wrap, const ASN1_OCTET_STRING* user_keying_material, size_t key_length);

/// With an AES wrap.
Bytes wrap_key(const KeyWrap& wrap, const Secret& key_encryption_key, const Secret& key);
/// Nothing if the key-encryption key does not fit.
std::optional<Secret> unwrap_key(const KeyWrap& wrap, const Secret& key_encryption_key, ByteView wrapped);

}  // namespace cardseal::cms
