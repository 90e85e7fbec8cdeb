// SPDX-License-Identifier: LGPL-2.1-or-later
// What a valid signature teaches about writing to its signer.
#include "cms/learning.hpp"

#include <algorithm>

#include "cms/signed_attribute_reader.hpp"
#include "cms/signed_attributes.hpp"
#include "cms/signer_capabilities.hpp"

namespace cardseal::cms {

namespace {

std::optional<Certificate> certificate_of(const ipc::SignerReport& report, const SignedContext& context) {
    for (const auto* certificates : {&context.message.certificates, &context.trust.anchors()})
        for (const auto& certificate : *certificates)
            if (certificate.fingerprint() == report.fingerprint) return certificate;
    return std::nullopt;
}

/// DER SMIMECapabilities as they were signed; empty if there are none, or too many to keep.
Bytes capabilities_of(const ReceivedSigner& signer) {
    const auto found = find_attribute(signer.info->signed_attributes, attribute_type::smime_capabilities);
    const auto der = sequence_of(found.value);
    return der.size() <= ipc::max_capabilities ? to_bytes(der) : Bytes();
}

bool is_trusted(const Certificate& certificate, const SignedContext& context) {
    const Companions companions{context.message.certificates, context.message.crls};
    return context.trust.judge(certificate, companions, context.seconds).verdict == ipc::ChainVerdict::Trusted;
}

}  // namespace

std::optional<ipc::Learned> learned_from(const ReceivedSigner& signer, const ipc::SignerReport& report,
                                         const SignedContext& context) {
    if (!report.valid) return std::nullopt;
    const auto own = certificate_of(report, context);
    if (!own) return std::nullopt;
    const auto preferred = signer_capabilities(signer, *own, context.message.certificates).encryption_certificate;
    // Only the signer's own certificate has been judged so far.
    const bool take_preferred =
        preferred && preferred->fingerprint() != report.fingerprint && is_trusted(*preferred, context);
    auto certificate = (take_preferred ? *preferred : *own).der();
    if (certificate.size() > ipc::max_certificate) return std::nullopt;
    return ipc::Learned{std::move(certificate), capabilities_of(signer), report.signing_time};
}

}  // namespace cardseal::cms
