// SPDX-License-Identifier: LGPL-2.1-or-later
// Trust: the configured anchors and revocation lists, and what they say of a signer's certificate.
#include "cms/chain.hpp"

#include <openssl/pem.h>
#include <algorithm>

namespace cardseal::cms {

namespace {

using ipc::ChainVerdict;
using ipc::RevocationVerdict;
using StoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
// It borrows its elements.
using CertificateStack = Owned<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }>;

constexpr int longest_chain = 16;
// 80 bits: no SHA-1 in the chain below the anchor.
constexpr int security_level = 1;

std::vector<CrlPointer> parse_crls(ByteView file) {
    std::vector<CrlPointer> crls;
    if (auto crl = decoded<X509_CRL, X509_CRL_free, d2i_X509_CRL>(file)) {
        crls.push_back(std::move(crl));
        return crls;
    }
    const BioPointer bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
    while (CrlPointer crl{PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr)}) crls.push_back(std::move(crl));
    forget_openssl_errors();
    return crls;
}

ChainVerdict verdict_of(int error) {
    switch (error) {
        case X509_V_OK:
            return ChainVerdict::Trusted;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return ChainVerdict::Expired;
        case X509_V_ERR_CERT_REVOKED:
            return ChainVerdict::Revoked;
        default:
            return is_about_revocation(error) ? ChainVerdict::Unknown : ChainVerdict::Untrusted;
    }
}

/// The worse, the later.
int badness(ChainVerdict verdict) {
    constexpr ChainVerdict order[] = {ChainVerdict::Trusted, ChainVerdict::Unknown, ChainVerdict::Expired,
                                      ChainVerdict::Revoked, ChainVerdict::Untrusted};
    return static_cast<int>(std::ranges::find(order, verdict) - order);
}

/// The end of a chain above the signer: nobody need say that an anchor is not revoked (RFC 5280 §6.1).
bool is_anchor(X509_STORE_CTX* context) {
    const int depth = X509_STORE_CTX_get_error_depth(context);
    return depth > 0 && depth + 1 == sk_X509_num(X509_STORE_CTX_get0_chain(context));
}

/// What the verification of a chain has found wrong.
struct Faults {
    int worst = X509_V_OK;
    std::optional<Revocation> revocation;
};

void remember_revocation(Faults& faults, X509_STORE_CTX* context) {
    if (faults.revocation && faults.revocation->verdict == RevocationVerdict::Revoked) return;
    auto found = revocation_of(context);
    if (!faults.revocation || found.verdict == RevocationVerdict::Revoked) faults.revocation = std::move(found);
}

/// The worst error of a chain: OpenSSL would stop at the first, which a missing CRL could hide an expiry behind.
int remember_worst(int good, X509_STORE_CTX* context) {
    auto& faults = *static_cast<Faults*>(X509_STORE_CTX_get_app_data(context));
    const int error = X509_STORE_CTX_get_error(context);
    if (good || (verdict_of(error) == ChainVerdict::Unknown && is_anchor(context))) return 1;
    if (is_about_revocation(error)) remember_revocation(faults, context);
    if (badness(verdict_of(error)) > badness(verdict_of(faults.worst))) faults.worst = error;
    return 1;
}

/// RFC 8550 §4.4.4, for the certificates between the signer's and the anchor.
bool issuers_are_for_mail(X509_STORE_CTX* context) {
    auto* chain = X509_STORE_CTX_get0_chain(context);
    for (int i = 1; i + 1 < sk_X509_num(chain); ++i) {
        X509_up_ref(sk_X509_value(chain, i));
        if (!Certificate(X509Pointer(sk_X509_value(chain, i))).is_for_mail()) return false;
    }
    return true;
}

void set_parameters(X509_STORE_CTX* context, int64_t seconds, bool check_revocation) {
    auto* parameters = X509_STORE_CTX_get0_param(context);
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK;
    if (check_revocation)
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                 X509_V_FLAG_USE_DELTAS;
    X509_VERIFY_PARAM_set_time(parameters, seconds);
    X509_VERIFY_PARAM_set_flags(parameters, flags);
    X509_VERIFY_PARAM_set_depth(parameters, longest_chain);
    X509_VERIFY_PARAM_set_auth_level(parameters, security_level);
    // anyPolicy as the initial set: without policy processing, paths pass that RFC 5280 forbids.
    require(X509_VERIFY_PARAM_add0_policy(parameters, OBJ_txt2obj("2.5.29.32.0", 1)) == 1, ErrorCode::Internal,
            "cannot set a policy");
}

CertificateStack stack_of(const std::vector<Certificate>& certificates) {
    CertificateStack stack(sk_X509_new_null());
    for (const auto& certificate : certificates) sk_X509_push(stack.get(), certificate.get());
    return stack;
}

ChainJudgement judgement_of(X509_STORE_CTX* context, const Faults& faults) {
    if (faults.worst != X509_V_OK)
        return {verdict_of(faults.worst),
                std::string("certificate chain: ") + X509_verify_cert_error_string(faults.worst),
                {}};
    if (!issuers_are_for_mail(context))
        return {ChainVerdict::Untrusted, "certificate chain: an issuer's certificates are not for mail", {}};
    return {ChainVerdict::Trusted, {}, {}};
}

/// Only an issuer that is trusted can say anything of its certificates.
Revocation revocation_in(const ChainJudgement& judgement, const std::optional<Revocation>& found, bool has_crls) {
    if (judgement.verdict == ChainVerdict::Untrusted)
        return {RevocationVerdict::Unknown, "the certificate's issuer is not trusted"};
    if (!has_crls) return {RevocationVerdict::Unknown, "no CRL is configured"};
    return found.value_or(Revocation{RevocationVerdict::Good, {}});
}

}  // namespace

Trust::Trust(const std::vector<Bytes>& anchor_files, const std::vector<Bytes>& crl_files) : store_(X509_STORE_new()) {
    for (const auto& file : anchor_files)
        for (auto& certificate : parse_certificates(file)) {
            X509_STORE_add_cert(store_.get(), certificate.get());
            anchors_.push_back(std::move(certificate));
        }
    for (const auto& file : crl_files)
        for (auto& crl : parse_crls(file)) {
            has_crls_ |= X509_STORE_add_crl(store_.get(), crl.get()) == 1;
            crls_.push_back(std::move(crl));
        }
    forget_openssl_errors();
}

ChainJudgement Trust::judge(const Certificate& signer, const Companions& companions, int64_t seconds) const {
    const auto untrusted = stack_of(companions.certificates);
    const StoreContext context(X509_STORE_CTX_new());
    Faults faults;
    require(context && X509_STORE_CTX_init(context.get(), store_.get(), signer.get(), untrusted.get()) == 1,
            ErrorCode::Internal, "cannot judge a certificate chain");
    set_parameters(context.get(), seconds, has_crls_);
    X509_STORE_CTX_set_app_data(context.get(), &faults);
    X509_STORE_CTX_set_verify_cb(context.get(), remember_worst);
    const int finished = X509_verify_cert(context.get());
    if (finished <= 0 && faults.worst == X509_V_OK) faults.worst = X509_V_ERR_UNSPECIFIED;
    auto judgement = judgement_of(context.get(), faults);
    judgement.revocation = revocation_in(judgement, faults.revocation, has_crls_);
    if (judgement.verdict != ChainVerdict::Untrusted && judgement.verdict != ChainVerdict::Revoked)
        if (const auto why = revoked_by(companions.crls, X509_STORE_CTX_get0_chain(context.get())))
            judgement = {ChainVerdict::Revoked, "certificate chain: " + *why, {RevocationVerdict::Revoked, *why}};
    forget_openssl_errors();
    return judgement;
}

bool Trust::lists_as_revoked(const Certificate& certificate) const {
    constexpr int listed = 1;  // 2 is an entry that takes a revocation back
    return std::ranges::any_of(crls_, [&](const CrlPointer& crl) {
        X509_REVOKED* entry = nullptr;
        return X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_issuer_name(certificate.get())) == 0 &&
               X509_CRL_get0_by_cert(crl.get(), &entry, certificate.get()) == listed;
    });
}

}  // namespace cardseal::cms
