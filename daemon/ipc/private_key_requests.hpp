// SPDX-License-Identifier: LGPL-2.1-or-later
// The three private-key operations, as values. A CMS worker asks the broker with them; the broker adds the key that
// the job permits and asks the token worker with the same fields.
//
// What crosses here, and who is believed: a CMS worker may be in an attacker's hands (it has parsed mail). The broker
// believes none of these fields; it only counts them against the job. The token worker checks each one itself.
#pragma once

#include "ipc/algorithms.hpp"
#include "ipc/codec.hpp"

namespace cardseal::ipc {

inline constexpr size_t max_signed_attributes = 16 * 1024;
inline constexpr size_t max_rsa_block = 2048;  ///< bytes of a 16384-bit modulus
inline constexpr size_t max_signature = 2048;

/// Sign the DER `SET OF Attribute` (RFC 5652 §5.3, tag 0x31). The token worker digests it itself.
struct SignAttributes {
    Digest digest = Digest::Sha256;
    SignaturePadding padding = SignaturePadding::Pkcs1;
    Bytes attributes;

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(digest, last_signature_digest);
        codec.choice(padding, last_signature_padding);
        codec.blob(attributes, max_signed_attributes);
    }
};

/// RSA key transport (RFC 3370 §4.2.1, RFC 3560). The ciphertext is exactly as long as the modulus.
struct UnwrapContentKey {
    KeyTransport transport = KeyTransport::Pkcs1;
    Digest oaep_hash = Digest::Sha1;  ///< with Oaep only
    Digest mgf_hash = Digest::Sha1;   ///< with Oaep only
    Bytes oaep_label;                 ///< with Oaep only
    Bytes ciphertext;
    uint16_t key_length = 0;  ///< bytes: 16, 24 or 32

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(transport, last_key_transport);
        codec.choice(oaep_hash, last_digest);
        codec.choice(mgf_hash, last_digest);
        codec.blob(oaep_label, 256);
        codec.blob(ciphertext, max_rsa_block);
        codec.number(key_length);
    }
};

enum class Agreement : uint16_t { Standard, Cofactor };
/// X963: SEC 1 §3.6.1. Hkdf: RFC 5869, as RFC 8418 §2.2 uses it.
enum class KeyDerivation : uint16_t { X963, Hkdf };

/// ECDH (RFC 5753) or X25519 (RFC 8418), and a key derivation. The answer is the key-encryption key.
struct AgreeKey {
    Agreement agreement = Agreement::Standard;
    KeyDerivation derivation = KeyDerivation::X963;
    Digest kdf_hash = Digest::Sha256;
    Bytes ephemeral_point;    ///< uncompressed point (0x04 || X || Y) on the recipient key's curve; X25519: 32 bytes
    Bytes salt;               ///< with Hkdf only: the user keying material, or empty
    Bytes shared_info;        ///< DER ECC-CMS-SharedInfo (RFC 5753 §7.2)
    uint16_t key_length = 0;  ///< bytes of the key-encryption key: 16, 24 or 32

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(agreement, Agreement::Cofactor);
        codec.choice(derivation, KeyDerivation::Hkdf);
        codec.choice(kdf_hash, last_digest);
        codec.blob(ephemeral_point, 256);
        codec.blob(salt, 512);
        codec.blob(shared_info, 1024);
        codec.number(key_length);
    }
};

/// The answer to SignAttributes: RSA as an octet string, ECDSA as DER ECDSA-Sig-Value, EdDSA raw.
struct Signature {
    Bytes bytes;

    template <class Codec>
    void fields(Codec& codec) {
        codec.blob(bytes, max_signature);
    }
};

/// The answer to UnwrapContentKey (a content-encryption key) and AgreeKey (a key-encryption key). Wiped with its owner.
struct SymmetricKey {
    Bytes bytes;

    template <class Codec>
    void fields(Codec& codec) {
        codec.blob(bytes, 64);
    }
};

}  // namespace cardseal::ipc
