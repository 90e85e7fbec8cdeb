// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys on tokens: finding them, making one, and its certificate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cardseal/prompt.hpp"

namespace cardseal::client {

/// Wanted: the daemon judges the chain of each key's certificate too.
enum class Verdicts { None, Wanted };

/// Every member that is not empty must fit.
struct KeyFilter {
    std::string key{};          ///< as for `sign`
    std::string email{};        ///< as a whole, without case
    std::string usage{};        ///< "sign", "decrypt"
    std::string fingerprint{};  ///< of its certificate: SHA-256, 64 hex digits
    std::string certificate{};  ///< "present" (the default), "absent": keys that have none yet, "any"
    Verdicts verdicts = Verdicts::None;
};

/// A private key on a token that is present, and its certificate. The texts are the token's and the certificate's:
/// escape them before showing them.
struct Key {
    std::string id;         ///< "sha256:" and 64 hex digits; stays with the key, whatever reader or certificate it has
    std::string token;      ///< label
    std::string token_uri;  ///< PKCS#11 URI (RFC 7512)
    std::string uri;        ///< PKCS#11 URI
    std::string label;
    std::string algorithm;  ///< "rsa", "ec", "ed25519", "x25519"
    uint32_t bits = 0;
    std::string curve;                        ///< of an EC key
    std::vector<std::string> usages;          ///< "sign", "decrypt"
    std::vector<uint8_t> certificate;         ///< DER; empty: it has none yet, nor a fingerprint, subject and so on
    std::vector<std::vector<uint8_t>> chain;  ///< the certificates above it that the token has, DER
    std::string fingerprint;                  ///< SHA-256, 64 hex digits
    std::string subject;
    std::vector<std::string> addresses;  ///< e-mail addresses
    uint64_t not_before = 0;             ///< seconds since 1970
    uint64_t not_after = 0;              ///< seconds since 1970
    bool logged_in = false;              ///< its token is: no prompt is needed
    bool always_authenticate = false;    ///< each use has a prompt of its own
    std::string verdict;         ///< of the chain, as for a signer; empty: not asked for, or it has no certificate
    std::string verdict_reason;  ///< why it is not trusted
};

enum class KeyAlgorithm { Default, Rsa2048, Rsa3072, Rsa4096, P256, P384, P521, Ed25519 };
/// What the token lets a key do; Decrypt includes signing the request for its certificate.
enum class KeyUse { Default, Both, Sign, Decrypt };

struct GenerateOptions {
    KeyAlgorithm algorithm = KeyAlgorithm::Default;
    KeyUse use = KeyUse::Default;
    std::string label{};  ///< a name for people
    Prompt prompt{};
};

struct GeneratedKey {
    std::string id;   ///< as of a Key
    std::string uri;  ///< PKCS#11 URI
};

/// The keyUsage that is asked for.
enum class CertificateUse { Default, Sign, Encrypt, Both };

struct RequestOptions {
    std::vector<std::string> addresses{};  ///< that the certificate is to be for; 1 to 16
    std::string name{};                    ///< of the person; default: the first address
    CertificateUse use = CertificateUse::Default;
    Prompt prompt{};
};

struct StoreOptions {
    std::string token{};  ///< named as for `unlock`; empty: the one that has the key
    std::string label{};  ///< of the certificate; empty: the key's
    Prompt prompt{};
};

/// What became of the certificates in a file: fingerprints.
struct StoredOnToken {
    std::string key;                   ///< id of the key that they are for
    std::string token;                 ///< label
    std::vector<std::string> stored;   ///< written now
    std::vector<std::string> present;  ///< there before
};

}  // namespace cardseal::client
