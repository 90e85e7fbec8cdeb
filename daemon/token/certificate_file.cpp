// SPDX-License-Identifier: LGPL-2.1-or-later
// The certificates in a file that an authority has sent to the owner of a key.
#include "token/certificate_file.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>

#include "ipc/token_care_messages.hpp"
#include "token/certificate_facts.hpp"

namespace cardseal::token {

namespace {

using Memory = Owned<BIO, BIO_free>;

bool is_der(ByteView file) { return !file.empty() && file[0] == 0x30; }

Certificate read_der(ByteView file) {
    const auto* position = file.data();
    Certificate certificate(d2i_X509(nullptr, &position, static_cast<long>(file.size())));
    if (!certificate) throw openssl_error(ErrorCode::BadMessage, "cannot read the certificate");
    if (position != file.data() + file.size())
        throw Error(ErrorCode::BadMessage, "cannot read the certificate: something follows it");
    return certificate;
}

void add(std::vector<Certificate>& certificates, Certificate certificate) {
    if (certificates.size() == ipc::max_own_certificates)
        throw Error(ErrorCode::LimitExceeded,
                    "the file holds more than " + std::to_string(ipc::max_own_certificates) + " certificates");
    if (der_of(certificate.get()).size() > ipc::max_certificate)
        throw Error(ErrorCode::LimitExceeded,
                    "a certificate is larger than " + std::to_string(ipc::max_certificate) + " bytes");
    certificates.push_back(std::move(certificate));
}

std::vector<Certificate> read_pem(ByteView file) {
    if (file.empty()) return {};  // OpenSSL has no memory of no bytes
    const Memory memory(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
    if (!memory) throw openssl_error(ErrorCode::Internal, "cannot read the file");
    std::vector<Certificate> certificates;
    while (Certificate certificate{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)})
        add(certificates, std::move(certificate));
    // The end of the file is told as a missing beginning.
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        throw openssl_error(ErrorCode::BadMessage, "cannot read a certificate");
    ERR_clear_error();
    return certificates;
}

}  // namespace

std::vector<Certificate> read_certificate_file(ByteView file) {
    std::vector<Certificate> certificates;
    if (is_der(file))
        add(certificates, read_der(file));
    else
        certificates = read_pem(file);
    if (certificates.empty()) throw Error(ErrorCode::BadMessage, "the file holds no certificate");
    return certificates;
}

std::vector<KeyId> keys_of(const std::vector<Certificate>& certificates) {
    std::vector<KeyId> keys;
    for (const auto& certificate : certificates) {
        auto* public_key = X509_get0_pubkey(certificate.get());
        if (!public_key || !key_type_of(public_key) || is_authority(certificate.get())) continue;
        auto key = key_id_of(public_key);
        if (std::ranges::find(keys, key) == keys.end()) keys.push_back(std::move(key));
    }
    ERR_clear_error();
    return keys;
}

}  // namespace cardseal::token
