// SPDX-License-Identifier: LGPL-2.1-or-later
// The closed choices of algorithms that the processes name to each other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cardseal {

enum class Digest : uint16_t { Sha1, Sha256, Sha384, Sha512, Sha224 };
enum class KeyType : uint16_t { Rsa, Ec, Ed25519, X25519 };
/// How the signature is made; KeyDefined is ECDSA or EdDSA. Pss: MGF1 with the same hash, salt as long as the hash.
enum class SignaturePadding : uint16_t { Pkcs1, Pss, KeyDefined };
enum class KeyTransport : uint16_t { Pkcs1, Oaep };
enum class ContentCipher : uint16_t { Aes128Cbc, Aes256Cbc, Aes128Gcm, Aes256Gcm, ChaCha20Poly1305 };

/// Sha224 derives keys of old mail; nothing is signed with it.
inline constexpr Digest last_digest = Digest::Sha224;
inline constexpr Digest last_signature_digest = Digest::Sha512;
inline constexpr KeyType last_key_type = KeyType::X25519;
inline constexpr SignaturePadding last_signature_padding = SignaturePadding::KeyDefined;
inline constexpr KeyTransport last_key_transport = KeyTransport::Oaep;
inline constexpr ContentCipher last_content_cipher = ContentCipher::ChaCha20Poly1305;

/// Bytes that the digest has.
constexpr size_t digest_size(Digest digest) {
    constexpr size_t sizes[] = {20, 32, 48, 64, 28};
    return sizes[static_cast<size_t>(digest)];
}

}  // namespace cardseal
