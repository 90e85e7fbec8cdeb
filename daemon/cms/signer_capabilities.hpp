// SPDX-License-Identifier: LGPL-2.1-or-later
// What a signer says about being written to: S/MIME capabilities (RFC 8551 §2.5.2) and the certificate to encrypt to
// (RFC 8551 §2.5.3).
#pragma once

#include <optional>
#include <string>

#include "cms/signed_data.hpp"

namespace cardseal::cms {

/// One algorithm that the signer can read; the list's order is the signer's preference.
struct SmimeCapability {
    std::string algorithm;  ///< dotted
    Bytes parameters;       ///< DER; empty if absent
};

struct SignerCapabilities {
    std::vector<SmimeCapability> capabilities;          ///< empty: not said, or not readable
    std::optional<Certificate> encryption_certificate;  ///< empty: none that can be encrypted to
};

inline constexpr size_t most_capabilities = 64;  ///< those beyond are passed over

/// Its key and its usages allow it; validity and trust are others' questions.
bool can_be_encrypted_to(const Certificate& certificate);

/// `certificate` is the signer's, `embedded` what the message brought. The encryption certificate is the preferred one
/// if the message has it, else the signer's own if it can be encrypted to, else another of the signer's subject
/// (RFC 8551 §2.5.3.1); one without an address of the signer's is never taken. To be believed only of a signer whose
/// report is valid (RFC 8551 §2.7.1); the certificate has had no judgement of its own.
SignerCapabilities signer_capabilities(const ReceivedSigner& signer, const Certificate& certificate,
                                       const std::vector<Certificate>& embedded);

}  // namespace cardseal::cms
