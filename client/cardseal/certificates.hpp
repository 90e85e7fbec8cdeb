// SPDX-License-Identifier: LGPL-2.1-or-later
// Other people's certificates in the daemon's folders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cardseal::client {

/// Every member that is not empty must fit.
struct CertificateFilter {
    std::string email{};
    std::string usage{};        ///< "encrypt", "sign"
    std::string fingerprint{};  ///< or a beginning of it, 8 or more hex digits
};

/// Another person's certificate in one of the daemon's folders. The texts are that person's: escape them before showing
/// them.
struct StoredCertificate {
    std::string fingerprint;
    std::vector<uint8_t> certificate;  ///< DER
    std::string subject;
    std::string issuer;
    std::string serial;
    std::vector<std::string> addresses;
    uint64_t not_before = 0;  ///< seconds since 1970
    uint64_t not_after = 0;
    std::string key_algorithm;
    uint32_t key_bits = 0;
    std::vector<std::string> usages;        ///< "encrypt", "sign"
    std::string source;                     ///< "user", "system"
    std::string chain;                      ///< as for a signer
    std::string reason;                     ///< why it cannot be encrypted to now; empty if it can
    std::vector<std::string> capabilities;  ///< what its owner reads, best first: "aes-256-gcm", "rsa-oaep"
    uint64_t seen = 0;                      ///< seconds since 1970
};

}  // namespace cardseal::client
