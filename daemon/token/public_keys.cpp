// SPDX-License-Identifier: LGPL-2.1-or-later
// Public keys out of what a token says of them.
#include "token/public_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include <algorithm>

namespace cardseal::token {

namespace {

constexpr CK_KEY_TYPE montgomery_key = 0x41;  // CKK_EC_MONTGOMERY (PKCS#11 v3.0), not in p11-kit 0.24
/// CKA_EC_PARAMS of X25519 (PKCS#11 v3.0 §2.3.8): id-X25519, or the curve's name.
constexpr uint8_t x25519_object[] = {0x06, 0x03, 0x2b, 0x65, 0x6e};
constexpr uint8_t x25519_name[] = {0x13, 0x0a, 'c', 'u', 'r', 'v', 'e', '2', '5', '5', '1', '9'};
constexpr size_t raw_key_size = 32;  // of Ed25519 and X25519

using BigNumber = Owned<BIGNUM, BN_free>;
using Object = Owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using OctetString = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using ParameterBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;

bool is_x25519(ByteView curve) {
    return std::ranges::equal(curve, x25519_object) || std::ranges::equal(curve, x25519_name);
}

PublicKey made_of(const char* algorithm, const ParameterBuilder& builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const PublicKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return PublicKey(key);
}

/// The content of an OCTET STRING that is all of the bytes, else the bytes: PKCS#11 wants the first, some modules give
/// the second.
Bytes without_octet_string(ByteView bytes) {
    const auto* position = bytes.data();
    const OctetString string(d2i_ASN1_OCTET_STRING(nullptr, &position, static_cast<long>(bytes.size())));
    if (!string || position != bytes.data() + bytes.size()) return to_bytes(bytes);
    const auto* data = ASN1_STRING_get0_data(string.get());
    return {data, data + ASN1_STRING_length(string.get())};
}

/// OpenSSL's name of a curve that is named by its OBJECT IDENTIFIER; null otherwise.
const char* curve_name(ByteView curve) {
    const auto* position = curve.data();
    const Object object(d2i_ASN1_OBJECT(nullptr, &position, static_cast<long>(curve.size())));
    if (!object || position != curve.data() + curve.size()) return nullptr;
    const int number = OBJ_obj2nid(object.get());
    return number == NID_undef ? nullptr : OBJ_nid2sn(number);
}

PublicKey point_on(const char* curve, ByteView point) {
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (point.empty() || !builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return nullptr;
    return made_of("EC", builder);
}

/// One point in 256 looks like an OCTET STRING by itself (04 || length of the rest || ...).
PublicKey ec_public_key(ByteView curve, ByteView encoded_point) {
    const char* name = curve_name(curve);
    if (!name) return nullptr;
    auto key = point_on(name, without_octet_string(encoded_point));
    return key ? std::move(key) : point_on(name, encoded_point);
}

}  // namespace

std::optional<KeyType> key_type_of(CK_KEY_TYPE type, ByteView curve) {
    if (type == CKK_RSA) return KeyType::Rsa;
    if (type == CKK_EC) return KeyType::Ec;
    if (type == montgomery_key) return KeyType::X25519;
    // SoftHSM 2.6 files X25519 keys under Edwards.
    if (type == CKK_EC_EDWARDS) return is_x25519(curve) ? KeyType::X25519 : KeyType::Ed25519;
    return std::nullopt;
}

PublicKey rsa_public_key(ByteView modulus, ByteView exponent) {
    const BigNumber n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
    const BigNumber e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (!n || !e || BN_is_zero(n.get()) || BN_is_zero(e.get()) || !builder ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return nullptr;
    return made_of("RSA", builder);
}

PublicKey curve_public_key(KeyType type, ByteView curve, ByteView point) {
    if (type == KeyType::Ec) return ec_public_key(curve, point);
    if (point.size() < raw_key_size) return nullptr;
    // Whatever it is in, the key is at the end.
    const auto raw = point.last(raw_key_size);
    const int kind = type == KeyType::X25519 ? EVP_PKEY_X25519 : EVP_PKEY_ED25519;
    return PublicKey(EVP_PKEY_new_raw_public_key(kind, nullptr, raw.data(), raw.size()));
}

PublicKey encoded_public_key(ByteView encoded) {
    const auto* position = encoded.data();
    PublicKey key(d2i_PUBKEY(nullptr, &position, static_cast<long>(encoded.size())));
    if (position != encoded.data() + encoded.size()) return nullptr;
    return key;
}

}  // namespace cardseal::token
