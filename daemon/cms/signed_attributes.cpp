// SPDX-License-Identifier: LGPL-2.1-or-later
// Signed attributes: made for a signer.
#include "cms/signed_attributes.hpp"

#include <openssl/objects.h>
#include <algorithm>

#include "cms/ber_writer.hpp"
#include "cms/own_capabilities.hpp"
#include "cms/signed_attribute_reader.hpp"
#include "cms/signer_capabilities.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t tag_octet_string = 0x04, tag_sequence = 0x30, tag_set = 0x31;
constexpr uint8_t tag_context_0 = 0xa0, tag_context_1 = 0xa1, tag_context_4 = 0xa4;

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes all;
    for (const auto part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes object_identifier(const char* type) {
    const ObjectPointer object(OBJ_txt2obj(type, 1));
    return encoded<i2d_ASN1_OBJECT>(object.get());
}

Bytes attribute(const char* type, ByteView value) {
    return der_value(tag_sequence, joined({object_identifier(type), der_value(tag_set, value)}));
}

/// RFC 8551 §2.5.1: UTCTime through 2049, GeneralizedTime after.
Bytes time_value(int64_t seconds) {
    const Owned<ASN1_TIME, ASN1_TIME_free> time(ASN1_TIME_set(nullptr, seconds));
    require(time != nullptr, ErrorCode::InvalidArgs, "signing time is out of range");
    return encoded<i2d_ASN1_TIME>(time.get());
}

/// RFC 5035 §3: one ESSCertIDv2 with the default hash, SHA-256, and the issuer and serial number.
Bytes signing_certificate(const Certificate& signer) {
    auto* certificate = signer.get();
    const auto issuer = der_value(tag_context_4, encoded<i2d_X509_NAME>(X509_get_issuer_name(certificate)));
    const auto issuer_serial = der_value(
        tag_sequence,
        joined({der_value(tag_sequence, issuer), encoded<i2d_ASN1_INTEGER>(X509_get_serialNumber(certificate))}));
    const auto hash = der_value(tag_octet_string, digest_of(Digest::Sha256, signer.der()));
    const auto identifier = der_value(tag_sequence, joined({hash, issuer_serial}));
    return der_value(tag_sequence, der_value(tag_sequence, identifier));
}

/// RFC 6211 §2.
Bytes algorithm_protection(const SignatureScheme& scheme) {
    auto signature = encoded<i2d_X509_ALGOR>(make_signature_algorithm(scheme).get());
    signature.front() = tag_context_1;
    return der_value(tag_sequence,
                     joined({encoded<i2d_X509_ALGOR>(make_digest_algorithm(scheme.digest).get()), signature}));
}

/// RFC 8551 §2.5.3, by issuer and serial number.
Bytes encryption_key_preference(const Certificate& encryption) {
    auto identifier = encryption.issuer_and_serial();
    identifier.front() = tag_context_0;
    return identifier;
}

/// The certificate that others should encrypt to; null if they cannot.
const Certificate* encrypted_to(const AttributeSetup& setup) {
    if (setup.encryption) return setup.encryption;
    return can_be_encrypted_to(setup.signer) ? &setup.signer : nullptr;
}

}  // namespace

Bytes make_signed_attributes(const AttributeSetup& setup) {
    std::vector<Bytes> attributes{
        attribute(attribute_type::content_type, object_identifier(id_data)),
        attribute(attribute_type::message_digest, der_value(tag_octet_string, setup.content_digest)),
        attribute(attribute_type::signing_time, time_value(setup.signing_time)),
        attribute(attribute_type::smime_capabilities, own_capabilities(encrypted_to(setup))),
        attribute(attribute_type::signing_certificate_v2, signing_certificate(setup.signer)),
        attribute(attribute_type::algorithm_protection, algorithm_protection(setup.scheme)),
    };
    if (setup.encryption)
        attributes.push_back(
            attribute(attribute_type::encryption_key_preference, encryption_key_preference(*setup.encryption)));
    // X.690 §11.6: in ascending order of their encodings.
    std::ranges::sort(attributes);
    Bytes all;
    for (const auto& one : attributes) all.insert(all.end(), one.begin(), one.end());
    return der_value(tag_set, all);
}

}  // namespace cardseal::cms
