// SPDX-License-Identifier: LGPL-2.1-or-later
// Certificate: an X.509 certificate (RFC 5280, RFC 8550) and what mail wants to know about it.
//
// Certificates come from messages and callers: nothing in them is believed until a chain has been judged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cms/openssl.hpp"

namespace cardseal::cms {

/// What keyUsage and extendedKeyUsage (if present) must allow.
enum class CertificateUse { Sign, KeyEncipherment, KeyAgreement };

enum class Validity { NotYet, Now, Expired };

/// Immutable; copies share the object.
class Certificate {
public:
    /// The one certificate in DER, or in PEM among other text; empty if there is none, or more than one.
    static std::optional<Certificate> parse(ByteView der_or_pem);

    explicit Certificate(X509Pointer certificate) : certificate_(std::move(certificate)) {}
    Certificate(const Certificate& other);
    Certificate& operator=(const Certificate& other);
    Certificate(Certificate&&) noexcept = default;
    Certificate& operator=(Certificate&&) noexcept = default;
    ~Certificate() = default;

    X509* get() const { return certificate_.get(); }
    Bytes der() const;
    /// Hex SHA-256 of the DER.
    std::string fingerprint() const;
    /// RFC 2253 text in UTF-8, at most 1024 bytes.
    std::string subject() const;
    std::string issuer() const;
    /// Hexadecimal digits, at most 128.
    std::string serial() const;
    /// rfc822Name, SmtpUTF8Mailbox (RFC 9598) and PKCS#9 e-mail, each once. One with a NUL, a control character or a
    /// space, without '@', longer than 512 bytes, or not UTF-8 is no address; at most 64 are returned.
    std::vector<std::string> addresses() const;

    /// DER IssuerAndSerialNumber (RFC 5652 §10.2.4).
    Bytes issuer_and_serial() const;
    /// The extension's value, or empty.
    Bytes subject_key_identifier() const;

    /// By its names: a root, and what ends a chain.
    bool is_self_issued() const;

    Validity validity_at(int64_t seconds) const;
    /// Seconds since 1970; a time that cannot be read is one at which the certificate is not valid.
    int64_t not_before() const;
    int64_t not_after() const;
    /// keyUsage, if present, allows it; extendedKeyUsage, if present, has emailProtection or anyExtendedKeyUsage.
    bool key_usage_allows(CertificateUse use) const;
    bool is_for_mail() const;

    /// Null if the key cannot be read. Borrowed.
    EVP_PKEY* public_key() const;

private:
    X509Pointer certificate_;
};

/// All certificates of a file: PEM with one or more among other text, or one DER. Entries that are no certificates
/// are left out.
std::vector<Certificate> parse_certificates(ByteView file);

/// Why this key is too weak or too odd to be used (RFC 8551 §4: RSA 2048 to 8192 bits and a sane exponent; ECDSA on
/// 224 bits or more), or empty.
std::string key_weakness(EVP_PKEY* key);

/// What else to know of it: a size that other programs need not accept (RFC 8551 §4.2 to §4.5); or empty.
std::string key_remark(EVP_PKEY* key);

/// "rsa", "rsa-pss", "ec", "ed25519", "x25519"; empty for other keys.
std::string key_algorithm(EVP_PKEY* key);

}  // namespace cardseal::cms
