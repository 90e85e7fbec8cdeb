// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys and certificates made for a test: a small CA and people under it.
#include "test_pki.hpp"

#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace cardseal::cms::test {

namespace {

void check(bool good) { require(good, ErrorCode::Internal, "test certificate"); }

void add_extensions(X509* certificate, X509* issuer, const std::vector<std::string>& extensions) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    for (const auto& line : extensions) {
        const auto equals = line.find('=');
        const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
            X509V3_EXT_conf(nullptr, &context, line.substr(0, equals).c_str(), line.substr(equals + 1).c_str()));
        check(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
    }
}

void set_name(X509* certificate, const char* field, const std::string& value) {
    check(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), field, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(value.data()),
                                     static_cast<int>(value.size()), -1, 0) == 1);
}

const EVP_MD* signing_digest(const PublicKey& key) {
    return EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

X509Pointer unsigned_certificate(const PublicKey& key, const CertificateText& text) {
    X509Pointer certificate(X509_new());
    check(X509_set_version(certificate.get(), text.version) == 1);
    check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), text.serial) == 1);
    check(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), text.not_before) != nullptr);
    check(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), text.not_after) != nullptr);
    check(X509_set_pubkey(certificate.get(), key.get()) == 1);
    set_name(certificate.get(), "CN", text.common_name);
    if (!text.subject_email.empty()) set_name(certificate.get(), "emailAddress", text.subject_email);
    return certificate;
}

template <class Write>
Bytes pem(Write write) {
    const BioPointer bio(BIO_new(BIO_s_mem()));
    check(write(bio.get()) == 1);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &text);
    return to_bytes(bytes_of({text, static_cast<size_t>(size)}));
}

}  // namespace

PublicKey make_key(TestKey kind) {
    switch (kind) {
        case TestKey::Rsa1024:
            return PublicKey(EVP_RSA_gen(1024));
        case TestKey::Rsa2048:
            return PublicKey(EVP_RSA_gen(2048));
        case TestKey::Rsa3072:
            return PublicKey(EVP_RSA_gen(3072));
        case TestKey::Rsa768:
            return PublicKey(EVP_RSA_gen(768));
        case TestKey::P256:
            return PublicKey(EVP_EC_gen("P-256"));
        case TestKey::P384:
            return PublicKey(EVP_EC_gen("P-384"));
        case TestKey::P521:
            return PublicKey(EVP_EC_gen("P-521"));
        case TestKey::P192:
            return PublicKey(EVP_EC_gen("P-192"));
        case TestKey::Ed25519:
            return PublicKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
        case TestKey::X25519:
            return PublicKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
        case TestKey::BrainpoolP256:
            return PublicKey(EVP_EC_gen("brainpoolP256r1"));
        case TestKey::BrainpoolP384:
            return PublicKey(EVP_EC_gen("brainpoolP384r1"));
        case TestKey::BrainpoolP512:
            return PublicKey(EVP_EC_gen("brainpoolP512r1"));
    }
    throw Error(ErrorCode::Internal, "unknown key kind");
}

Identity make_ca(const std::string& common_name, TestKey kind) {
    auto key = make_key(kind);
    auto certificate = unsigned_certificate(key, {.common_name = common_name, .extensions = {}, .serial = 1});
    check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1);
    add_extensions(
        certificate.get(), certificate.get(),
        {"basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash"});
    check(X509_sign(certificate.get(), key.get(), signing_digest(key)) > 0);
    return {std::move(key), Certificate(std::move(certificate))};
}

Identity issue(const Identity& issuer, TestKey kind, const CertificateText& text) {
    return certify(issuer, make_key(kind), text);
}

Identity certify(const Identity& issuer, PublicKey key, const CertificateText& text) {
    auto certificate = unsigned_certificate(key, text);
    check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.certificate.get())) == 1);
    if (text.version == X509_VERSION_3) add_extensions(certificate.get(), issuer.certificate.get(), text.extensions);
    check(X509_sign(certificate.get(), issuer.key.get(), signing_digest(issuer.key)) > 0);
    return {std::move(key), Certificate(std::move(certificate))};
}

CertificateText ca_text(const std::string& common_name, std::vector<std::string> more) {
    CertificateText text{.common_name = common_name,
                         .extensions = {"basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign",
                                        "subjectKeyIdentifier=hash"},
                         .serial = 900};
    text.extensions.insert(text.extensions.end(), more.begin(), more.end());
    return text;
}

Bytes make_crl(const Identity& issuer, const std::vector<uint64_t>& revoked, const CrlText& text) {
    const CrlPointer crl(X509_CRL_new());
    using TimePointer = Owned<ASN1_TIME, ASN1_TIME_free>;
    const TimePointer last(ASN1_TIME_set(nullptr, text.last_update)), next(ASN1_TIME_set(nullptr, text.next_update));
    check(X509_CRL_set_version(crl.get(), text.version) == 1);
    check(X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate.get())) == 1);
    check(X509_CRL_set1_lastUpdate(crl.get(), last.get()) == 1 && X509_CRL_set1_nextUpdate(crl.get(), next.get()) == 1);
    for (const auto serial : revoked) {
        const Owned<ASN1_INTEGER, ASN1_INTEGER_free> number(ASN1_INTEGER_new());
        Owned<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
        check(ASN1_INTEGER_set_uint64(number.get(), serial) == 1);
        check(X509_REVOKED_set_serialNumber(entry.get(), number.get()) == 1);
        check(X509_REVOKED_set_revocationDate(entry.get(), last.get()) == 1);
        check(X509_CRL_add0_revoked(crl.get(), entry.release()) == 1);
    }
    check(X509_CRL_sign(crl.get(), issuer.key.get(), signing_digest(issuer.key)) > 0);
    return encoded<i2d_X509_CRL>(crl.get());
}

Bytes pem_of(const Certificate& certificate) {
    return pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
}

Bytes pem_of(const PublicKey& private_key) {
    return pem([&](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, private_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

}  // namespace cardseal::cms::test
