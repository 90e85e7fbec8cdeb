// SPDX-License-Identifier: LGPL-2.1-or-later
// The S/MIME capabilities that a signer of ours announces.
#include "cms/own_capabilities.hpp"

#include "cms/ber_writer.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t tag_null[] = {0x05, 0x00};
constexpr uint8_t tag_sequence = 0x30, tag_context_0 = 0xa0, tag_context_1 = 0xa1;

constexpr const char* aes_256_gcm = "2.16.840.1.101.3.4.1.46";
constexpr const char* chacha20_poly1305 = "1.2.840.113549.1.9.16.3.18";
constexpr const char* aes_128_gcm = "2.16.840.1.101.3.4.1.6";
constexpr const char* aes_256_cbc = "2.16.840.1.101.3.4.1.42";
constexpr const char* aes_128_cbc = "2.16.840.1.101.3.4.1.2";
constexpr const char* aes_256_wrap = "2.16.840.1.101.3.4.1.45";
constexpr const char* aes_128_wrap = "2.16.840.1.101.3.4.1.5";
constexpr const char* rsaes_oaep = "1.2.840.113549.1.1.7";
constexpr const char* mgf1 = "1.2.840.113549.1.1.8";
constexpr const char* sha256 = "2.16.840.1.101.3.4.2.1";
constexpr const char* ecdh_sha256_kdf = "1.3.132.1.11.1";
constexpr const char* ecdh_hkdf_sha256 = "1.2.840.113549.1.9.16.3.19";

Bytes joined(ByteView left, ByteView right) {
    auto all = to_bytes(left);
    all.insert(all.end(), right.begin(), right.end());
    return all;
}

/// SMIMECapability and AlgorithmIdentifier look the same.
Bytes algorithm(const char* oid, ByteView parameters = {}) {
    const ObjectPointer object(OBJ_txt2obj(oid, 1));
    return der_value(tag_sequence, joined(encoded<i2d_ASN1_OBJECT>(object.get()), parameters));
}

/// RFC 4055 §4.1: with SHA-256 in both places; all defaults, an empty SEQUENCE, is SHA-1.
Bytes oaep_with_sha256() {
    const auto hash = algorithm(sha256, tag_null);
    const auto mask = algorithm(mgf1, hash);
    return algorithm(rsaes_oaep,
                     der_value(tag_sequence, joined(der_value(tag_context_0, hash), der_value(tag_context_1, mask))));
}

std::vector<Bytes> key_management(const Certificate* encryption) {
    const auto type = encryption ? EVP_PKEY_get_base_id(encryption->public_key()) : EVP_PKEY_NONE;
    switch (type) {
        // RFC 3560 §5.
        case EVP_PKEY_RSA:
            return {oaep_with_sha256(), algorithm(rsaes_oaep, der_value(tag_sequence, {}))};
        // RFC 5753 §7.1.
        case EVP_PKEY_EC:
            return {algorithm(ecdh_sha256_kdf, algorithm(aes_256_wrap)),
                    algorithm(ecdh_sha256_kdf, algorithm(aes_128_wrap))};
        // RFC 8418 §3.
        case EVP_PKEY_X25519:
            return {algorithm(ecdh_hkdf_sha256, algorithm(aes_256_wrap)),
                    algorithm(ecdh_hkdf_sha256, algorithm(aes_128_wrap))};
        default:
            return {};
    }
}

}  // namespace

Bytes own_capabilities(const Certificate* encryption) {
    Bytes list;
    for (const auto* cipher : {aes_256_gcm, chacha20_poly1305, aes_128_gcm, aes_256_cbc, aes_128_cbc})
        list = joined(list, algorithm(cipher));
    for (const auto& one : key_management(encryption)) list = joined(list, one);
    return der_value(tag_sequence, list);
}

}  // namespace cardseal::cms
