// SPDX-License-Identifier: LGPL-2.1-or-later
// Certificate: parsing, names, validity and usage.
#include "cms/certificate.hpp"

#include <openssl/pem.h>
#include <algorithm>

#include "cms/asn1_common.hpp"

namespace cardseal::cms {

std::optional<Certificate> Certificate::parse(ByteView der_or_pem) {
    if (auto certificate = decoded<X509, X509_free, d2i_X509>(der_or_pem)) return Certificate(std::move(certificate));
    auto certificates = parse_certificates(der_or_pem);
    if (certificates.size() != 1) return std::nullopt;
    return std::move(certificates.front());
}

Certificate::Certificate(const Certificate& other) : certificate_(other.get()) { X509_up_ref(get()); }

Certificate& Certificate::operator=(const Certificate& other) {
    X509_up_ref(other.get());
    certificate_.reset(other.get());
    return *this;
}

Bytes Certificate::der() const { return encoded<i2d_X509>(get()); }

std::string Certificate::fingerprint() const { return hex(digest_of(Digest::Sha256, der())); }

Bytes Certificate::issuer_and_serial() const {
    // Borrows both fields, so it must not be freed with OpenSSL's function.
    asn1::IssuerAndSerialNumber identifier{X509_get_issuer_name(get()), X509_get_serialNumber(get())};
    return encoded<asn1::i2d_IssuerAndSerialNumber>(&identifier);
}

Bytes Certificate::subject_key_identifier() const {
    const auto* identifier = X509_get0_subject_key_id(get());
    forget_openssl_errors();
    return identifier ? to_bytes(view_of(identifier)) : Bytes();
}

static int64_t seconds_of(const ASN1_TIME* time, int64_t otherwise) {
    tm fields{};
    return ASN1_TIME_to_tm(time, &fields) == 1 ? timegm(&fields) : otherwise;
}

bool Certificate::is_self_issued() const {
    return X509_NAME_cmp(X509_get_issuer_name(get()), X509_get_subject_name(get())) == 0;
}

Validity Certificate::validity_at(int64_t seconds) const {
    if (seconds < not_before()) return Validity::NotYet;
    if (seconds > not_after()) return Validity::Expired;
    return Validity::Now;
}

int64_t Certificate::not_before() const { return seconds_of(X509_get0_notBefore(get()), INT64_MAX); }

int64_t Certificate::not_after() const { return seconds_of(X509_get0_notAfter(get()), INT64_MIN); }

bool Certificate::key_usage_allows(CertificateUse use) const {
    const auto usage = X509_get_key_usage(get());
    forget_openssl_errors();
    switch (use) {
        case CertificateUse::Sign:
            return usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
        case CertificateUse::KeyEncipherment:
            return usage & KU_KEY_ENCIPHERMENT;
        case CertificateUse::KeyAgreement:
            return usage & KU_KEY_AGREEMENT;
    }
    return false;
}

bool Certificate::is_for_mail() const {
    const auto usage = X509_get_extended_key_usage(get());
    forget_openssl_errors();
    return usage & (XKU_SMIME | XKU_ANYEKU);
}

EVP_PKEY* Certificate::public_key() const {
    auto* key = X509_get0_pubkey(get());
    forget_openssl_errors();
    return key;
}

namespace {

struct PemBlock {
    bool is_certificate;
    Bytes bytes;
};

/// The next block of PEM; empty if it is damaged.
std::optional<PemBlock> read_block(BIO* file) {
    using Text = Owned<char, [](char* memory) { OPENSSL_free(memory); }>;
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(file, &name, &header, &data, &size) != 1) return std::nullopt;
    const Text name_owner(name), header_owner(header), data_owner(reinterpret_cast<char*>(data));
    const std::string_view label(name);
    return PemBlock{label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD,
                    Bytes(data, data + static_cast<size_t>(size))};
}

}  // namespace

std::vector<Certificate> parse_certificates(ByteView file) {
    std::vector<Certificate> certificates;
    if (auto certificate = decoded<X509, X509_free, d2i_X509>(file)) {
        certificates.emplace_back(std::move(certificate));
        return certificates;
    }
    // At the end of the file reading takes nothing more; a damaged block is passed over.
    const BioPointer bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
    for (auto left = BIO_pending(bio.get()) + 1; BIO_pending(bio.get()) < left;) {
        left = BIO_pending(bio.get());
        const auto block = read_block(bio.get());
        if (!block || !block->is_certificate) continue;
        if (auto certificate = decoded<X509, X509_free, d2i_X509>(block->bytes))
            certificates.emplace_back(std::move(certificate));
    }
    forget_openssl_errors();
    return certificates;
}

}  // namespace cardseal::cms
