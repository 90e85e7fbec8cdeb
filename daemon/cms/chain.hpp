// SPDX-License-Identifier: LGPL-2.1-or-later
// Trust: the configured anchors and revocation lists, and what they say of a signer's certificate (RFC 5280 §6,
// RFC 8550 §4).
#pragma once

#include <vector>

#include "cms/revocation.hpp"

namespace cardseal::cms {

struct ChainJudgement {
    ipc::ChainVerdict verdict = ipc::ChainVerdict::Unknown;
    std::string reason;  ///< empty if trusted
    Revocation revocation;
};

/// What a message brings along; it helps to build chains and is not trusted.
struct Companions {
    const std::vector<Certificate>& certificates;
    const std::vector<CrlPointer>& crls;
};

class Trust {
public:
    /// Each is a file's bytes: certificates (any configured one is an anchor, also one that is not self-signed), and
    /// CRLs, PEM or DER. What is neither is left out.
    Trust(const std::vector<Bytes>& anchor_files, const std::vector<Bytes>& crl_files);

    /// The chain at `seconds` since 1970. If any CRL is configured, a chain with a certificate that has no current one
    /// is Unknown; without any it can be Trusted and its revocation unknown.
    ChainJudgement judge(const Certificate& signer, const Companions& companions, int64_t seconds) const;

    /// Whether a configured CRL of the certificate's issuer lists it. The list's signature is not asked for, so that
    /// this holds where the chain cannot be built: the owner of the configuration put the list there.
    bool lists_as_revoked(const Certificate& certificate) const;

    const std::vector<Certificate>& anchors() const { return anchors_; }

private:
    Owned<X509_STORE, X509_STORE_free> store_;
    std::vector<Certificate> anchors_;
    std::vector<CrlPointer> crls_;
    bool has_crls_ = false;
};

}  // namespace cardseal::cms
