// SPDX-License-Identifier: LGPL-2.1-or-later
// Revocation: what the configured lists, and those that a message brings, say of a chain.
#include "cms/revocation.hpp"

#include <ctime>

namespace cardseal::cms {

namespace {

using ipc::RevocationVerdict;

std::string date_of(const ASN1_TIME* time) {
    tm fields{};
    char text[32];
    if (!time || ASN1_TIME_to_tm(time, &fields) != 1 || strftime(text, sizeof text, "%Y-%m-%d", &fields) == 0)
        return {};
    return text;
}

/// "... on 2026-01-31", if the date can be read.
std::string dated(const std::string& what, const ASN1_TIME* time) {
    const auto date = date_of(time);
    return date.empty() ? what : what + " on " + date;
}

std::string certificate_at(int depth) { return depth == 0 ? "the certificate" : "an issuer's certificate"; }

/// The revocation date in that list; null if the certificate is not on it, or was taken off it again.
const ASN1_TIME* revocation_date(X509_CRL* crl, X509* certificate) {
    X509_REVOKED* entry = nullptr;
    if (X509_CRL_get0_by_cert(crl, &entry, certificate) != 1) return nullptr;
    return X509_REVOKED_get0_revocationDate(entry);
}

std::string revoked_text(X509_CRL* crl, X509* certificate, int depth) {
    return dated(certificate_at(depth) + " was revoked", crl ? revocation_date(crl, certificate) : nullptr);
}

std::string unknown_text(int error, X509_CRL* crl) {
    switch (error) {
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            return "no configured CRL is of its issuer";
        case X509_V_ERR_CRL_HAS_EXPIRED:
            return dated("the CRL is stale, a newer one was due", crl ? X509_CRL_get0_nextUpdate(crl) : nullptr);
        case X509_V_ERR_CRL_NOT_YET_VALID:
            return "the CRL is not yet valid";
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
            return "the CRL's signature is bad";
        default:
            return X509_verify_cert_error_string(error);
    }
}

/// X.690: the DER of one name is compared, as OpenSSL does for chains; and the issuer may sign lists (RFC 5280 §6.3.3).
bool is_list_of(X509_CRL* crl, X509* issuer) {
    return X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) == 0 &&
           (X509_get_key_usage(issuer) & KU_CRL_SIGN) && X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
}

}  // namespace

bool is_about_revocation(int error) {
    switch (error) {
        case X509_V_ERR_CERT_REVOKED:
        case X509_V_ERR_UNABLE_TO_GET_CRL:
        case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        case X509_V_ERR_CRL_NOT_YET_VALID:
        case X509_V_ERR_CRL_HAS_EXPIRED:
        case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
        case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
        case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
        case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
        case X509_V_ERR_DIFFERENT_CRL_SCOPE:
        case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
            return true;
        default:
            return false;
    }
}

Revocation revocation_of(X509_STORE_CTX* context) {
    const int error = X509_STORE_CTX_get_error(context);
    const int depth = X509_STORE_CTX_get_error_depth(context);
    auto* crl = X509_STORE_CTX_get0_current_crl(context);
    if (error == X509_V_ERR_CERT_REVOKED)
        return {RevocationVerdict::Revoked, revoked_text(crl, X509_STORE_CTX_get_current_cert(context), depth)};
    const auto whose = depth == 0 ? std::string() : " (for an issuer's certificate)";
    return {RevocationVerdict::Unknown, unknown_text(error, crl) + whose};
}

std::optional<std::string> revoked_by(const std::vector<CrlPointer>& crls, const STACK_OF(X509) * chain) {
    for (int depth = 0; depth + 1 < sk_X509_num(chain); ++depth)
        for (const auto& crl : crls) {
            auto* certificate = sk_X509_value(chain, depth);
            // The entry is looked for first: it costs less than a signature.
            if (revocation_date(crl.get(), certificate) && is_list_of(crl.get(), sk_X509_value(chain, depth + 1)))
                return revoked_text(crl.get(), certificate, depth) + " (by a CRL in the message)";
        }
    return std::nullopt;
}

}  // namespace cardseal::cms
