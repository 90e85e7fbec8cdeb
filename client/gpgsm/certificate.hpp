// SPDX-License-Identifier: LGPL-2.1-or-later
// What gpgsm tells of a certificate, in its forms: read with its own library, libksba.
//
// What crosses here: certificates of tokens and of other people, as the daemon gives them. A certificate that cannot be
// read is not there; nothing is judged here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardseal::gpgsm {

struct Certificate {
    std::string fingerprint;      ///< SHA-1, upper case hex
    std::string fingerprint_256;  ///< SHA-256
    std::string keygrip;
    std::string serial;  ///< upper case hex
    std::string issuer;  ///< as in RFC 2253
    std::string subject;
    std::vector<std::string> names;  ///< the subject, then each address as "<anna@example.org>"
    std::string created;             ///< "20261123T131957"
    std::string expires;
    int algorithm = 0;  ///< libgcrypt's number: 1 RSA, 18 ECC
    unsigned bits = 0;
    std::string curve;  ///< "nistp256"; empty for RSA

    /// The last 16 digits of the fingerprint.
    std::string key_id() const { return fingerprint.substr(fingerprint.size() - 16); }
    bool is_self_signed() const { return issuer == subject; }
};

std::optional<Certificate> read_certificate(std::span<const uint8_t> der);

/// "20261123T131957" of this moment, in UTC.
std::string iso_now();
std::string iso_time(uint64_t seconds_since_1970);

}  // namespace cardseal::gpgsm
