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
    /// DER of the certificates that go into the message, as the job wants them: the signer's, those above as the token
    /// has them, and what mail to the signer is encrypted to, if that is another certificate.
    std::vector<Bytes> certificates() const;

    /// DER SignerInfo; asks for the one signature of the signer with that index.
    Bytes make_signer_info(ByteView content_digest, int64_t signing_time, uint32_t index, JobLink& link) const;

private:
    void check_certificate(const ipc::SignJob& job) const;

    Certificate certificate_;
    ipc::IncludedCertificates included_;
    std::vector<Bytes> chain_;  ///< what of it goes into the message
    std::optional<Certificate> encryption_;
    SignaturePadding padding_;
    SignatureScheme scheme_;
};

}  // namespace cardseal::cms
