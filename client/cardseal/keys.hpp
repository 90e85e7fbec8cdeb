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
    std::string key{};  ///< KEY
    std::string email{};
    std::string usage{};  ///< "sign", "decrypt"
    std::string fingerprint{};
    std::string certificate{};  ///< "present" (the default), "absent": keys that have none yet, "any"
    Verdicts verdicts = Verdicts::None;
};

struct Key {
    std::string id;  ///< "sha256:" and 64 hex digits
    std::string token;
    std::string token_uri;
    std::string uri;
    std::string label;
    std::string algorithm;  ///< "rsa", "ec", "ed25519", "x25519"
    uint32_t bits = 0;
    std::string curve;
    std::vector<std::string> usages;
    std::vector<uint8_t> certificate;  ///< DER; empty: it has none yet, nor a fingerprint, subject and so on
    std::vector<std::vector<uint8_t>> chain;
    std::string fingerprint;
    std::string subject;
    std::vector<std::string> addresses;
    uint64_t not_before = 0;  ///< seconds since 1970
    uint64_t not_after = 0;
    bool logged_in = false;
    bool always_authenticate = false;
    std::string verdict;         ///< of the chain, as for a signer; empty: not asked for, or it has no certificate
    std::string verdict_reason;  ///< why it is not trusted
};

enum class KeyAlgorithm { Default, Rsa2048, Rsa3072, Rsa4096, P256, P384, P521, Ed25519 };
enum class KeyUse { Default, Both, Sign, Decrypt };

struct GenerateOptions {
    KeyAlgorithm algorithm = KeyAlgorithm::Default;
    KeyUse use = KeyUse::Default;
    std::string label{};  ///< a name for people
    Prompt prompt{};
};

struct GeneratedKey {
    std::string id;
    std::string uri;
};

enum class CertificateUse { Default, Sign, Encrypt, Both };

struct RequestOptions {
    std::vector<std::string> addresses{};  ///< that the certificate is to be for; one at least
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
