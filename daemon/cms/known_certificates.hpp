// SPDX-License-Identifier: LGPL-2.1-or-later
// KnownCertificates: the certificates that a worker signs with, decoded once.
#pragma once

#include <deque>
#include <optional>

#include "cms/certificate.hpp"

namespace cardseal::cms {

/// A worker that signs again for its caller signs with the same few keys, and decoding a certificate costs OpenSSL 3 as
/// much as a P-256 signature costs a token. Certificates of the person's own tokens only; never of a message.
class KnownCertificates {
public:
    /// The certificate of exactly that DER; empty if it is none.
    std::optional<Certificate> decode(ByteView der);

private:
    struct Known {
        Bytes der;
        Certificate certificate;
    };
    std::deque<Known> known_;  ///< the oldest first
};

}  // namespace cardseal::cms
