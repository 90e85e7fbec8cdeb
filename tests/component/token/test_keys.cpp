// SPDX-License-Identifier: LGPL-2.1-or-later
// Key pairs with certificates of one small authority.
#include "test_keys.hpp"

#include <openssl/x509v3.h>

#include <map>

namespace cardseal::token {

namespace {

PublicKey make_key(const std::string& name) {
    const auto kind = name.substr(0, name.find('-'));
    EVP_PKEY* key = nullptr;
    if (kind == "rsa2048") key = EVP_RSA_gen(2048);
    if (kind == "rsa3072") key = EVP_RSA_gen(3072);
    if (kind == "rsa4096") key = EVP_RSA_gen(4096);
    if (kind == "p256" || kind == "authority") key = EVP_EC_gen("P-256");
    if (kind == "p384") key = EVP_EC_gen("P-384");
    if (kind == "p521") key = EVP_EC_gen("P-521");
    if (kind.starts_with("brainpool")) key = EVP_EC_gen(kind.c_str());
    if (kind == "x25519") key = EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519");
    if (kind == "ed25519") key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (!key) throw openssl_error(ErrorCode::Internal, "cannot make a key");
    return PublicKey(key);
}

void add_extension(X509* certificate, int nid, const char* value) {
    const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
    X509_add_ext(certificate, extension.get(), -1);
}

void set_name(X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const uint8_t*>(text.c_str()), -1, -1, 0);
}

Certificate make_certificate(const std::string& name, EVP_PKEY* key) {
    static long serial = 0;
    const bool is_authority = name == "authority";
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    set_name(X509_get_subject_name(certificate.get()), name);
    set_name(X509_get_issuer_name(certificate.get()), "authority");
    X509_set_pubkey(certificate.get(), key);
    if (is_authority) {
        add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    } else {
        add_extension(certificate.get(), NID_subject_alt_name, ("email:" + name + "@example.org").c_str());
        add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyEncipherment,keyAgreement");
    }
    X509_sign(certificate.get(), is_authority ? key : test_key("authority").key.get(), EVP_sha256());
    return certificate;
}

}  // namespace

const TestKey& test_key(const std::string& name) {
    static std::map<std::string, TestKey> keys;
    if (const auto known = keys.find(name); known != keys.end()) return known->second;
    TestKey made{make_key(name), nullptr};
    made.certificate = make_certificate(name, made.key.get());
    return keys.emplace(name, std::move(made)).first->second;
}

}  // namespace cardseal::token
