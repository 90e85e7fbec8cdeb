// SPDX-License-Identifier: LGPL-2.1-or-later
// store_certificate: the certificate of a key, and those above it, beside the key.
#include <openssl/err.h>

#include <algorithm>

#include "token/certificate_facts.hpp"
#include "token/certificate_file.hpp"
#include "token/object_template.hpp"
#include "token/token_care.hpp"
#include "token/token_text.hpp"
#include "token/token_writing.hpp"

namespace cardseal::token {

namespace {

using Is = ObjectTemplate::Is;

bool is_for(const Certificate& certificate, const KeyId& key) {
    auto* public_key = X509_get0_pubkey(certificate.get());
    return public_key && key_type_of(public_key) && key_id_of(public_key) == key;
}

/// The one of the key; of several (a renewal with the old one in the same file) the last to begin.
const Certificate& certificate_for(const KeyId& key, const std::vector<Certificate>& certificates) {
    const Certificate* found = nullptr;
    for (const auto& each : certificates) {
        if (!is_for(each, key)) continue;
        if (!found || ASN1_TIME_compare(X509_get0_notBefore(each.get()), X509_get0_notBefore(found->get())) > 0)
            found = &each;
    }
    ERR_clear_error();
    if (!found) throw Error(ErrorCode::NoSuchKey, "the file holds no certificate of the key " + key.value);
    return *found;
}

ObjectTemplate object_of(X509* certificate, const std::string& label, ByteView id) {
    ObjectTemplate object;
    object.add_number<CK_OBJECT_CLASS>(CKA_CLASS, CKO_CERTIFICATE)
        .add_number<CK_CERTIFICATE_TYPE>(CKA_CERTIFICATE_TYPE, CKC_X_509)
        .add_flag(CKA_TOKEN, Is::Yes)
        .add_flag(CKA_PRIVATE, Is::No)
        .add(CKA_LABEL, bytes_of(label))
        .add(CKA_SUBJECT, encoded_by(i2d_X509_NAME, X509_get_subject_name(certificate)))
        .add(CKA_ISSUER, encoded_by(i2d_X509_NAME, X509_get_issuer_name(certificate)))
        .add(CKA_SERIAL_NUMBER, encoded_by(i2d_ASN1_INTEGER, X509_get0_serialNumber(certificate)))
        .add(CKA_VALUE, der_of(certificate));
    if (!id.empty()) object.add(CKA_ID, id);
    return object;
}

/// What the token has, and what is put there.
class Shelf {
public:
    Shelf(Token& token, ipc::CertificateStored& stored) : token_(token), stored_(stored) {}

    /// Nothing if the token has it already.
    void put(const std::string& what, X509* certificate, const std::string& label, ByteView id) {
        const auto fingerprint = hex(digest_of(Digest::Sha256, der_of(certificate)));
        bool there = false;
        write_to(token_, what, [&](CK_SESSION_HANDLE session) {
            std::vector<FoundCertificate> found;
            const auto result = find_certificates(token_.functions(), session, found);
            if (result != CKR_OK) return result;
            there = std::ranges::any_of(
                found, [&](const auto& each) { return X509_cmp(each.certificate.get(), certificate) == 0; });
            return there ? CKR_OK : create(session, object_of(certificate, label, id));
        });
        (there ? stored_.present : stored_.stored).push_back(fingerprint);
    }

private:
    CK_RV create(CK_SESSION_HANDLE session, ObjectTemplate object) {
        CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
        return token_.functions().C_CreateObject(session, object.data(), object.size(), &handle);
    }

    Token& token_;
    ipc::CertificateStored& stored_;
};

}  // namespace

ipc::CertificateStored store_certificate(Token& token, const ipc::StoreCertificate& request) {
    const auto key = token.find_key(request.key);
    const auto certificates = read_certificate_file(request.file);
    auto* own = certificate_for(request.key, certificates).get();
    std::vector<X509*> others;
    for (const auto& each : certificates) others.push_back(each.get());
    ipc::CertificateStored stored;
    Shelf shelf(token, stored);
    shelf.put("cannot store the certificate", own, request.label, key->object_id);
    for (const auto& issuer : chain_of(own, others)) {
        const auto certificate = read_certificate_file(issuer);
        shelf.put("the certificate is stored, one of those above it is not", certificate.front().get(), "", {});
    }
    return stored;
}

}  // namespace cardseal::token
