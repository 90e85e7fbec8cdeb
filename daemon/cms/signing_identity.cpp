// SPDX-License-Identifier: LGPL-2.1-or-later
// SigningIdentity: one signer of a sign job, checked, and the SignerInfo that it makes.
#include "cms/signing_identity.hpp"

#include "cms/ber_writer.hpp"
#include "cms/signed_attributes.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t tag_octet_string = 0x04, tag_sequence = 0x30, tag_context_0 = 0xa0;
constexpr uint8_t version_1[] = {0x02, 0x01, 0x01};  ///< of a signer named by issuer and serial number

Certificate decode(ByteView der, KnownCertificates& known) {
    auto certificate = known.decode(der);
    if (!certificate) throw Error(ErrorCode::CertificateUnusable, "cannot sign: the certificate cannot be read");
    return std::move(*certificate);
}

SignatureScheme scheme_of(const ipc::SignerSetup& setup) {
    if (setup.digest == Digest::Sha1) throw Error(ErrorCode::InvalidArgs, "cannot sign: sha1 is too weak");
    switch (setup.type) {
        case KeyType::Rsa:
            if (setup.padding == SignaturePadding::Pss)
                return {SignatureFamily::RsaPss, setup.digest, static_cast<int>(digest_size(setup.digest))};
            return {SignatureFamily::RsaPkcs1, setup.digest};
        case KeyType::Ec:
            return {SignatureFamily::Ecdsa, setup.digest};
        // RFC 8419 §3.1: with signed attributes the digest is SHA-512.
        case KeyType::Ed25519:
            return {SignatureFamily::Ed25519, Digest::Sha512};
        case KeyType::X25519:
            break;
    }
    throw Error(ErrorCode::CertificateUnusable, "cannot sign: an X25519 key only agrees on keys");
}

bool fits(KeyType type, EVP_PKEY* key) {
    const auto base = EVP_PKEY_get_base_id(key);
    switch (type) {
        case KeyType::Rsa:
            return base == EVP_PKEY_RSA || base == EVP_PKEY_RSA_PSS;
        case KeyType::Ec:
            return base == EVP_PKEY_EC;
        case KeyType::Ed25519:
            return base == EVP_PKEY_ED25519;
        case KeyType::X25519:
            return false;
    }
    return false;
}

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::CertificateUnusable, "cannot sign: " + why); }

/// Roots are looked for only where they are not wanted; all else is passed on, not read.
std::vector<Bytes> chain_of(const ipc::SignerSetup& setup, ipc::IncludedCertificates included,
                            KnownCertificates& known) {
    if (included < ipc::IncludedCertificates::Chain) return {};
    auto chain = setup.chain;
    if (included == ipc::IncludedCertificates::Chain)
        std::erase_if(chain, [&](const Bytes& der) {
            const auto certificate = known.decode(der);
            return certificate && certificate->is_self_issued();
        });
    return chain;
}

void append(Bytes& all, ByteView part) { all.insert(all.end(), part.begin(), part.end()); }

}  // namespace

SigningIdentity::SigningIdentity(const ipc::SignerSetup& setup, const ipc::SignJob& job, KnownCertificates& known)
    : certificate_(decode(setup.certificate, known)),
      included_(job.certificates),
      chain_(chain_of(setup, included_, known)),
      padding_(setup.type == KeyType::Rsa ? setup.padding : SignaturePadding::KeyDefined),
      scheme_(scheme_of(setup)) {
    check_certificate(job);
    if (!setup.encryption_certificate.empty()) encryption_ = decode(setup.encryption_certificate, known);
    if (!fits(setup.type, certificate_.public_key())) refuse("the certificate is of another kind of key");
    if (setup.type == KeyType::Rsa && setup.padding == SignaturePadding::KeyDefined)
        throw Error(ErrorCode::InvalidArgs, "cannot sign: an RSA key needs a padding");
    if (EVP_PKEY_get_base_id(certificate_.public_key()) == EVP_PKEY_RSA_PSS && padding_ != SignaturePadding::Pss)
        throw Error(ErrorCode::InvalidArgs, "cannot sign: the certificate allows the padding pss only");
}

std::vector<Bytes> SigningIdentity::certificates() const {
    if (included_ == ipc::IncludedCertificates::None) return {};
    std::vector<Bytes> certificates{certificate_.der()};
    certificates.insert(certificates.end(), chain_.begin(), chain_.end());
    if (encryption_ && included_ != ipc::IncludedCertificates::Signer) certificates.push_back(encryption_->der());
    return certificates;
}

void SigningIdentity::check_certificate(const ipc::SignJob& job) const {
    switch (certificate_.validity_at(static_cast<int64_t>(job.signing_time))) {
        case Validity::Now:
            break;
        case Validity::Expired:
            refuse("the certificate has expired");
        case Validity::NotYet:
            refuse("the certificate is not yet valid");
    }
    if (!certificate_.key_usage_allows(CertificateUse::Sign)) refuse("the certificate's key usage forbids signatures");
    if (job.form == ipc::OutputForm::Smime && !certificate_.is_for_mail())
        refuse("the certificate is not for mail (extended key usage)");
    if (const auto weakness = key_weakness(certificate_.public_key()); !weakness.empty()) refuse(weakness);
}

Bytes SigningIdentity::make_signer_info(ByteView content_digest, int64_t signing_time, uint32_t index,
                                        JobLink& link) const {
    auto attributes = make_signed_attributes({.signer = certificate_,
                                              .encryption = encryption_ ? &*encryption_ : nullptr,
                                              .scheme = scheme_,
                                              .content_digest = content_digest,
                                              .signing_time = signing_time});
    const auto signature = link.sign_attributes(index, {scheme_.digest, padding_, attributes});
    // RFC 5652 §5.4: signed as SET OF, sent as [0].
    attributes.front() = tag_context_0;
    Bytes fields;
    append(fields, version_1);
    append(fields, certificate_.issuer_and_serial());
    append(fields, encoded<i2d_X509_ALGOR>(make_digest_algorithm(scheme_.digest).get()));
    append(fields, attributes);
    append(fields, encoded<i2d_X509_ALGOR>(make_signature_algorithm(scheme_).get()));
    append(fields, der_value(tag_octet_string, signature));
    return der_value(tag_sequence, fields);
}

}  // namespace cardseal::cms
