// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenWalk: slots, tokens and their certificates as libp11 finds them.
#include "token/certificates.hpp"

#include <openssl/err.h>

namespace cardseal::token {

namespace {

std::string clean(const char* text) { return text ? clean_padded_text(bytes_of(text)) : std::string(); }

TokenDescription description_of(const PKCS11_TOKEN& token) {
    return {clean(token.label), clean(token.manufacturer), clean(token.model), clean(token.serialnr)};
}

FoundCertificate copy_of(const PKCS11_CERT& found) {
    // libp11 frees its own with the next change of the token.
    Certificate certificate(X509_dup(found.x509));
    if (!certificate) throw openssl_error(ErrorCode::Internal, "cannot copy a certificate");
    return {std::move(certificate), Bytes(found.id, found.id + found.id_len), clean(found.label)};
}

}  // namespace

TokenWalk::~TokenWalk() {
    for (auto& slots : walks_) PKCS11_release_all_slots(module_.context(), slots.first, slots.count);
}

PKCS11_TOKEN* TokenWalk::find(CK_SLOT_ID slot, const TokenDescription& token) {
    for (auto& slots : walks_)
        for (unsigned int i = 0; i < slots.count; ++i) {
            auto& candidate = slots.first[i];
            if (candidate.token && PKCS11_get_slotid_from_slot(&candidate) == slot &&
                description_of(*candidate.token) == token)
                return candidate.token;
        }
    return nullptr;
}

void TokenWalk::walk() {
    Slots slots;
    if (PKCS11_enumerate_slots(module_.context(), &slots.first, &slots.count) != 0)
        throw openssl_error(ErrorCode::ModuleFailed, "cannot walk the module's slots");
    walks_.push_front(slots);
}

std::vector<FoundCertificate> TokenWalk::certificates_of(CK_SLOT_ID slot, const TokenDescription& token) {
    auto* known = find(slot, token);
    if (!known) {
        walk();
        known = find(slot, token);
    }
    if (!known) throw Error(ErrorCode::TokenRemoved, "token was removed: " + token.label);
    PKCS11_CERT* certificates = nullptr;
    unsigned int count = 0;
    if (PKCS11_enumerate_certs(known, &certificates, &count) != 0) {
        // Its pooled sessions may be those of before a removal: this forgets them, and the failure has emptied its
        // list of certificates.
        PKCS11_open_session(known->slot, 0);
        ERR_clear_error();
        if (PKCS11_enumerate_certs(known, &certificates, &count) != 0)
            throw openssl_error(ErrorCode::ModuleFailed, "cannot read the certificates of " + token.label);
    }
    std::vector<FoundCertificate> copies;
    for (unsigned int i = 0; i < count; ++i)
        if (certificates[i].x509) copies.push_back(copy_of(certificates[i]));
    return copies;
}

}  // namespace cardseal::token
