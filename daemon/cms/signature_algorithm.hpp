// SPDX-License-Identifier: LGPL-2.1-or-later
// Digest and signature algorithms as CMS names them (RFC 3370, 4056, 5754, 8419).
#pragma once

#include <optional>
#include <variant>

#include "cms/openssl.hpp"

namespace cardseal::cms {

/// Why something is not accepted; lower case.
struct Refusal {
    std::string reason;
};

enum class SignatureFamily { RsaPkcs1, RsaPss, Ecdsa, Ed25519 };

struct SignatureScheme {
    SignatureFamily family = SignatureFamily::RsaPkcs1;
    Digest digest = Digest::Sha256;
    int pss_salt = 0;  ///< bytes; with RsaPss
};

/// "sha256", "rsa-pss".
std::string name_of(Digest digest);
std::string name_of(SignatureFamily family);
/// For people, also of an algorithm that is not supported.
std::string name_of(const X509_ALGOR* algorithm);

/// Empty if it is none of ours, or has parameters other than NULL.
std::optional<Digest> read_digest_algorithm(const X509_ALGOR* algorithm);

/// The signature algorithm of a signer with that digest algorithm; both must name one hash.
std::variant<SignatureScheme, Refusal> read_signature_algorithm(const X509_ALGOR* algorithm, Digest digest);

/// Whether `signature` over `message` (over content whose digest is `content_digest`, without signed attributes) is
/// the key's. Ed25519 needs the message.
bool signature_matches(EVP_PKEY* key, const SignatureScheme& scheme, ByteView message, ByteView signature);
bool signature_matches_digest(EVP_PKEY* key, const SignatureScheme& scheme, ByteView digest, ByteView signature);

AlgorithmPointer make_digest_algorithm(Digest digest);
AlgorithmPointer make_signature_algorithm(const SignatureScheme& scheme);

}  // namespace cardseal::cms
