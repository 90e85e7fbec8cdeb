// SPDX-License-Identifier: LGPL-2.1-or-later
// The judgement of one signer of a message: signature, attributes, key, certificate chain and usage.
#include "cms/signer_judgement.hpp"

#include <algorithm>

#include "cms/signed_attributes.hpp"
#include "cms/text.hpp"

namespace cardseal::cms {

namespace {

using ipc::ChainVerdict;
using ipc::SignatureVerdict;

// Of one identity; each costs a public-key operation and a chain.
constexpr size_t most_candidates = 8;
// The reports of 64 signers must fit into one packet.
constexpr size_t longest_subject = 512, longest_reason = 1024, most_address_octets = 1024;

bool is_named_by(const asn1::SignerIdentifier& sid, const Certificate& certificate) {
    if (sid.type == asn1::sid_key_identifier) {
        const auto identifier = certificate.subject_key_identifier();
        return !identifier.empty() && std::ranges::equal(identifier, view_of(sid.choice.key_identifier));
    }
    const auto& identifier = *sid.choice.issuer_and_serial;
    return ASN1_INTEGER_cmp(identifier.serial, X509_get0_serialNumber(certificate.get())) == 0 &&
           X509_NAME_cmp(identifier.issuer, X509_get_issuer_name(certificate.get())) == 0;
}

std::vector<Certificate> candidates_for(const asn1::SignerIdentifier& sid, const SignedContext& context) {
    std::vector<Certificate> candidates;
    for (const auto* certificates : {&context.message.certificates, &context.trust.anchors()})
        for (const auto& certificate : *certificates)
            if (candidates.size() < most_candidates && is_named_by(sid, certificate)) candidates.push_back(certificate);
    return candidates;
}

/// The signature as such; empty if it is good.
std::optional<Refusal> check_signature(const ReceivedSigner& signer, const SignatureScheme& scheme,
                                       const Certificate& certificate, const SignedContext& context) {
    const auto& digest = context.digests.digest(scheme.digest);
    const auto signature = view_of(signer.info->signature);
    auto* key = certificate.public_key();
    if (!key) return Refusal{"the certificate's key cannot be read"};
    if (signer.signed_attributes.empty()) {
        if (context.message.content_type != id_data)
            return Refusal{"signed attributes are absent, and the content is not plain data"};
        if (looks_like_signed_attributes(context.digests.whole_small_content()))
            return Refusal{"the content is a set of signed attributes of another signature"};
        // It is over the content itself, which no digest replaces (RFC 8419 §3.2).
        if (scheme.family == SignatureFamily::Ed25519)
            return Refusal{"an Ed25519 signature without signed attributes is not supported"};
        if (!signature_matches_digest(key, scheme, digest, signature))
            return Refusal{"the signature does not match the content"};
        return std::nullopt;
    }
    if (!signature_matches(key, scheme, signer.signed_attributes, signature))
        return Refusal{"the signature does not match the signed attributes"};
    return check_signed_attributes(signer, {context.message.content_type, digest, certificate});
}

/// Weak, but verifiable: what is wrong with the algorithms, and makes the signer not valid.
std::vector<std::string> algorithm_weaknesses(EVP_PKEY* key, const SignatureScheme& scheme) {
    std::vector<std::string> weaknesses;
    if (scheme.digest == Digest::Sha1) weaknesses.emplace_back("the digest sha1 is too weak");
    if (auto weakness = key_weakness(key); !weakness.empty()) weaknesses.push_back(std::move(weakness));
    return weaknesses;
}

/// Why a good signature of a trusted chain is not enough; empty if it is.
std::string usage_refusal(const Certificate& certificate) {
    if (!certificate.key_usage_allows(CertificateUse::Sign)) return "the certificate's key usage forbids signatures";
    if (!certificate.is_for_mail()) return "the certificate is not for mail (extended key usage)";
    return {};
}

void describe(ipc::SignerReport& report, const Certificate& certificate) {
    report.fingerprint = certificate.fingerprint();
    report.subject = shortened(certificate.subject(), longest_subject);
    report.certificate = certificate.der();
    report.key_algorithm = key_algorithm(certificate.public_key());
    if (!report.key_algorithm.empty())
        report.key_bits = static_cast<uint32_t>(EVP_PKEY_get_bits(certificate.public_key()));
    size_t octets = 0;
    for (auto& address : certificate.addresses()) {
        octets += address.size();
        if (octets <= most_address_octets && report.addresses.size() < ipc::max_signer_addresses)
            report.addresses.push_back(std::move(address));
    }
}

void judge_chain(ipc::SignerReport& report, const Certificate& certificate, const SignedContext& context,
                 std::vector<std::string>& refusals) {
    auto chain =
        context.trust.judge(certificate, {context.message.certificates, context.message.crls}, context.seconds);
    report.chain = chain.verdict;
    report.revocation = chain.revocation.verdict;
    report.revocation_reason = std::move(chain.revocation.reason);
    refusals.push_back(std::move(chain.reason));
}

/// RFC 8550 §3. The reason of a match is no refusal.
void judge_addresses(ipc::SignerReport& report, const Certificate& certificate, const SignedContext& context,
                     std::vector<std::string>& refusals) {
    auto addresses = judge_addresses(certificate.addresses(), context.authors);
    // RFC 9788 §4.4: the From that is signed is the one to show. Whoever shows that outside must not be told that it is
    // good when it names somebody else, so both are judged.
    if (addresses.match != ipc::AddressMatch::Mismatch && context.signed_authors)
        addresses = judge_addresses(certificate.addresses(), context.signed_authors);
    report.address_match = addresses.match;
    if (addresses.match == ipc::AddressMatch::Mismatch) refusals.push_back(std::move(addresses.reason));
    report.reason = std::move(addresses.reason);
}

ipc::SignerReport judge_with(const Certificate& certificate, const ReceivedSigner& signer,
                             const SignatureScheme& scheme, const SignedContext& context) {
    ipc::SignerReport report;
    describe(report, certificate);
    const auto refusal = check_signature(signer, scheme, certificate, context);
    report.signature = refusal ? SignatureVerdict::Bad : SignatureVerdict::Good;
    report.weaknesses = algorithm_weaknesses(certificate.public_key(), scheme);
    auto refusals = report.weaknesses;
    if (refusal) refusals.insert(refusals.begin(), refusal->reason);
    if (auto remark = key_remark(certificate.public_key()); !remark.empty())
        report.weaknesses.push_back(std::move(remark));
    refusals.push_back(usage_refusal(certificate));
    judge_chain(report, certificate, context, refusals);
    judge_addresses(report, certificate, context, refusals);
    std::erase(refusals, std::string());
    report.valid = refusals.empty();
    if (!refusals.empty()) report.reason = shortened(refusals.front(), longest_reason);
    return report;
}

/// Several certificates of one identity are legitimate (renewal; RFC 8551 §2.6): the one that fits best counts.
ipc::SignerReport judge_candidates(const ReceivedSigner& signer, const SignatureScheme& scheme,
                                   const SignedContext& context) {
    const auto candidates = candidates_for(*signer.info->sid, context);
    std::optional<ipc::SignerReport> best;
    for (const auto& candidate : candidates) {
        auto report = judge_with(candidate, signer, scheme, context);
        if (report.valid) return report;
        if (!best || (best->signature == SignatureVerdict::Bad && report.signature == SignatureVerdict::Good))
            best = std::move(report);
    }
    if (best) return *best;
    ipc::SignerReport report;
    report.reason = "the signer's certificate is not in the message";
    return report;
}

ipc::SignerReport refused(const ReceivedSigner& signer, const std::string& reason, const SignedContext& context) {
    ipc::SignerReport report;
    if (const auto candidates = candidates_for(*signer.info->sid, context); !candidates.empty())
        describe(report, candidates.front());
    report.reason = reason;
    return report;
}

ipc::SignerReport judge_scheme(const ReceivedSigner& signer, const SignedContext& context) {
    const auto digest = read_digest_algorithm(signer.info->digest_algorithm);
    if (!digest)
        return refused(signer, "the digest " + name_of(signer.info->digest_algorithm) + " is not supported", context);
    auto scheme = read_signature_algorithm(signer.info->signature_algorithm, *digest);
    if (const auto* refusal = std::get_if<Refusal>(&scheme)) return refused(signer, refusal->reason, context);
    auto report = judge_candidates(signer, std::get<SignatureScheme>(scheme), context);
    report.signature_algorithm = name_of(std::get<SignatureScheme>(scheme).family);
    report.digest_algorithm = name_of(*digest);
    return report;
}

}  // namespace

ipc::SignerReport judge_signer(const ReceivedSigner& signer, const SignedContext& context) {
    auto report = judge_scheme(signer, context);
    if (report.digest_algorithm.empty())
        report.digest_algorithm = shortened(name_of(signer.info->digest_algorithm), 64);
    if (report.signature_algorithm.empty())
        report.signature_algorithm = shortened(name_of(signer.info->signature_algorithm), 64);
    report.signing_time = claimed_signing_time(*signer.info);
    return report;
}

}  // namespace cardseal::cms
