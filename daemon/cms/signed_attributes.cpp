// SPDX-License-Identifier: LGPL-2.1-or-later
// Signed attributes: made for a signer.
#include "cms/signed_attributes.hpp"

#include <openssl/objects.h>
#include <algorithm>
#include <array>

#include "cms/ber_writer.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t tag_octet_string = 0x04, tag_sequence = 0x30, tag_set = 0x31, tag_context_4 = 0xa4;

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes all;
    for (const auto part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes object_identifier(int nid) { return encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(nid)); }

Bytes attribute(int nid, ByteView value) {
    return der_value(tag_sequence, joined({object_identifier(nid), der_value(tag_set, value)}));
}

/// RFC 8551 §2.5.1: UTCTime through 2049, GeneralizedTime after.
Bytes time_value(int64_t seconds) {
    const Owned<ASN1_TIME, ASN1_TIME_free> time(ASN1_TIME_set(nullptr, seconds));
    require(time != nullptr, ErrorCode::InvalidArgs, "signing time is out of range");
    return encoded<i2d_ASN1_TIME>(time.get());
}

/// RFC 8551 §2.5.2: what we decrypt, best first. No 3DES, no RC2.
Bytes capabilities() {
    Bytes list;
    for (const int nid : {NID_aes_256_gcm, NID_aes_128_gcm, NID_aes_256_cbc, NID_aes_128_cbc}) {
        const auto capability = der_value(tag_sequence, object_identifier(nid));
        list.insert(list.end(), capability.begin(), capability.end());
    }
    return der_value(tag_sequence, list);
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

}  // namespace

Bytes make_signed_attributes(const Certificate& signer, ByteView content_digest, int64_t signing_time) {
    auto attributes = std::to_array<Bytes>({
        attribute(NID_pkcs9_contentType, object_identifier(NID_pkcs7_data)),
        attribute(NID_pkcs9_messageDigest, der_value(tag_octet_string, content_digest)),
        attribute(NID_pkcs9_signingTime, time_value(signing_time)),
        attribute(NID_SMIMECapabilities, capabilities()),
        attribute(NID_id_smime_aa_signingCertificateV2, signing_certificate(signer)),
    });
    // X.690 §11.6: in ascending order of their encodings.
    std::ranges::sort(attributes);
    Bytes all;
    for (const auto& one : attributes) all.insert(all.end(), one.begin(), one.end());
    return der_value(tag_set, all);
}

}  // namespace cardseal::cms
