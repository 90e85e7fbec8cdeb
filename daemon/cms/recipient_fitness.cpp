// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a certificate can be encrypted to, and why not.
#include "cms/recipient_fitness.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace cardseal::cms {

namespace {

using ipc::ChainVerdict;

/// "2026-01-31"; a time far away needs no day.
std::string date_of(int64_t seconds) {
    const time_t time = seconds;
    tm fields{};
    if (seconds < 0 || seconds > 253402300799 || !gmtime_r(&time, &fields)) return "a date that cannot be read";
    std::array<char, 48> text;
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday);
    return text.data();
}

std::string validity_refusal(const Certificate& certificate, int64_t seconds) {
    switch (certificate.validity_at(seconds)) {
        case Validity::NotYet:
            return "not valid yet, but from " + date_of(certificate.not_before());
        case Validity::Expired:
            return "expired on " + date_of(certificate.not_after());
        case Validity::Now:
            return {};
    }
    return {};
}

std::string key_refusal(const Certificate& certificate) {
    if (auto weakness = key_weakness(certificate.public_key()); !weakness.empty()) return weakness;
    switch (EVP_PKEY_get_base_id(certificate.public_key())) {
        case EVP_PKEY_RSA:
            if (certificate.key_usage_allows(CertificateUse::KeyEncipherment)) return {};
            return "its key usage does not allow key encipherment";
        case EVP_PKEY_EC:
        case EVP_PKEY_X25519:
            if (certificate.key_usage_allows(CertificateUse::KeyAgreement)) return {};
            return "its key usage does not allow key agreement";
        default:
            return "its key is not for encryption";
    }
}

}  // namespace

std::string encryption_refusal(const Certificate& certificate, int64_t seconds) {
    auto refusal = validity_refusal(certificate, seconds);
    return refusal.empty() ? key_refusal(certificate) : refusal;
}

bool can_encrypt(const Certificate& certificate) { return key_refusal(certificate).empty(); }

RecipientJudgement judge_recipient(const Certificate& certificate, const Trust& trust, const Companions& companions,
                                   int64_t seconds) {
    const auto chain = trust.judge(certificate, companions, seconds);
    RecipientJudgement judgement{encryption_refusal(certificate, seconds), chain.verdict};
    if (chain.verdict == ChainVerdict::Revoked || trust.lists_as_revoked(certificate)) {
        judgement.refusal = "revoked";
        judgement.chain = ChainVerdict::Revoked;
    }
    if (!judgement.refusal.empty()) return judgement;
    if (!certificate.is_for_mail()) judgement.refusal = "it is not for mail (extended key usage)";
    if (chain.verdict == ChainVerdict::Expired) judgement.refusal = "its issuer's certificate is not valid now";
    return judgement;
}

}  // namespace cardseal::cms
