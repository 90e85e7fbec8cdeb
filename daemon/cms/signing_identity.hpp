// SPDX-License-Identifier: LGPL-2.1-or-later
// SigningIdentity: one signer of a sign job, checked, and the SignerInfo that it makes.
#pragma once

#include "cms/job_link.hpp"
#include "cms/known_certificates.hpp"
#include "cms/signature_algorithm.hpp"

namespace cardseal::cms {

class SigningIdentity {
public:
    /// CertificateUnusable if the certificate is expired, not yet valid, weak, or not for signatures (`for_mail`: not
    /// for mail); InvalidArgs if the algorithms do not fit it.
    SigningIdentity(const ipc::SignerSetup& setup, const ipc::SignJob& job, KnownCertificates& known);

    Digest digest() const { return scheme_.digest; }
    const Certificate& certificate() const { return certificate_; }
    /// DER of the certificates above, as the token has them; they are passed on, not read.
    const std::vector<Bytes>& chain() const { return chain_; }
    /// What mail to the signer is encrypted to, if it is another certificate; the message has to hold it.
    const std::optional<Certificate>& encryption_certificate() const { return encryption_; }

    /// DER SignerInfo; asks for the one signature of the signer with that index.
    Bytes make_signer_info(ByteView content_digest, int64_t signing_time, uint32_t index, JobLink& link) const;

private:
    void check_certificate(const ipc::SignJob& job) const;

    Certificate certificate_;
    std::vector<Bytes> chain_;
    std::optional<Certificate> encryption_;
    SignaturePadding padding_;
    SignatureScheme scheme_;
};

}  // namespace cardseal::cms
