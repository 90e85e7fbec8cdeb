// SPDX-License-Identifier: LGPL-2.1-or-later
// Revocation (RFC 5280 §5, §6.3; RFC 8550 §4.1): what the configured lists, and those that a message brings, say of a
// chain.
//
// A configured list can clear a certificate or revoke it. A list in a message was chosen by whoever sent it, who may
// have kept an old one: it can revoke, and never clears.
#pragma once

#include <openssl/x509_vfy.h>
#include <optional>

#include "cms/certificate.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

struct Revocation {
    ipc::RevocationVerdict verdict = ipc::RevocationVerdict::Unknown;
    std::string reason;  ///< why revoked or unknown; empty if good
};

/// Whether an error of a chain says that a certificate is revoked, or that its status cannot be known.
bool is_about_revocation(int error);

/// The current error of a chain's verification, in words; it must be one about revocation.
Revocation revocation_of(X509_STORE_CTX* context);

/// Whether one of the lists, signed by an issuer in the chain, revokes a certificate below it; why.
std::optional<std::string> revoked_by(const std::vector<CrlPointer>& crls, const STACK_OF(X509) * chain);

}  // namespace cardseal::cms
