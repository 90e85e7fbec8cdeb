// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys and certificates made for a test: a small CA and people under it.
#pragma once

#include <string>
#include <vector>

#include "cms/certificate.hpp"

namespace cardseal::cms::test {

enum class TestKey {
    Rsa2048,
    Rsa3072,
    Rsa1024,
    Rsa768,
    P256,
    P384,
    P521,
    P192,
    Ed25519,
    BrainpoolP256,
    BrainpoolP384,
    BrainpoolP512,
    X25519
};

struct Identity {
    PublicKey key;  ///< with its private half
    Certificate certificate;
};

/// What a certificate says; the defaults are those of a good mail certificate.
struct CertificateText {
    std::string common_name = "Ada Example";
    std::vector<std::string> extensions{
        "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement",
        "extendedKeyUsage=emailProtection",   "subjectAltName=email:ada@example.org",
        "subjectKeyIdentifier=hash",          "authorityKeyIdentifier=keyid"};
    int64_t not_before = 1'600'000'000;
    int64_t not_after = 4'000'000'000;
    uint64_t serial = 2;
    std::string subject_email = {};  ///< PKCS#9 emailAddress in the subject
    long version = X509_VERSION_3;
};

/// A moment at which everything with the default times is valid.
inline constexpr int64_t now = 1'790'000'000;

PublicKey make_key(TestKey kind);
Identity make_ca(const std::string& common_name = "Test CA", TestKey kind = TestKey::P256);
Identity issue(const Identity& issuer, TestKey kind, const CertificateText& text = {});
/// For a key that exists; of a key without its private half as well.
Identity certify(const Identity& issuer, PublicKey key, const CertificateText& text = {});
/// What an issuer below another says.
CertificateText ca_text(const std::string& common_name, std::vector<std::string> more = {});

/// A CRL of that issuer which revokes these serial numbers. DER.
struct CrlText {
    int64_t last_update = 1'700'000'000;
    int64_t next_update = 4'000'000'000;
    long version = X509_CRL_VERSION_2;
};
Bytes make_crl(const Identity& issuer, const std::vector<uint64_t>& revoked, const CrlText& text = {});
Bytes pem_of(const Certificate& certificate);
Bytes pem_of(const PublicKey& private_key);

}  // namespace cardseal::cms::test
