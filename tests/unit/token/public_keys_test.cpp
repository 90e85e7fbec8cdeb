// SPDX-License-Identifier: LGPL-2.1-or-later
// Public keys out of the forms in which tokens have them.
#include "token/public_keys.hpp"

#include <openssl/core_names.h>

#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

constexpr CK_KEY_TYPE montgomery_key = 0x41;
const Bytes p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
const Bytes ed25519{0x06, 0x03, 0x2b, 0x65, 0x70};
const Bytes x25519{0x06, 0x03, 0x2b, 0x65, 0x6e};

Bytes octets_of(EVP_PKEY* key) {
    Bytes octets(256);
    size_t size = 0;
    REQUIRE(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size(), &size) == 1);
    octets.resize(size);
    return octets;
}

Bytes with_header(Bytes header, const Bytes& content) {
    header.insert(header.end(), content.begin(), content.end());
    return header;
}

bool same(const PublicKey& left, const PublicKey& right) {
    return left && right && EVP_PKEY_eq(left.get(), right.get()) == 1;
}

}  // namespace

TEST_CASE("public keys: a point is read as it is, and in an OCTET STRING") {
    const PublicKey key(EVP_EC_gen("P-256"));
    const auto point = octets_of(key.get());

    CHECK(same(curve_public_key(KeyType::Ec, p256, point), key));
    CHECK(same(curve_public_key(KeyType::Ec, p256, with_header({0x04, 0x41}, point)), key));
}

TEST_CASE("public keys: a point that looks like an OCTET STRING by itself is read, too") {
    PublicKey key;
    Bytes point;
    do {
        key.reset(EVP_EC_gen("P-256"));
        point = octets_of(key.get());
    } while (point[1] != point.size() - 2);

    CHECK(same(curve_public_key(KeyType::Ec, p256, point), key));
    CHECK(same(curve_public_key(KeyType::Ec, p256, with_header({0x04, 0x41}, point)), key));
}

TEST_CASE("public keys: what is no point of a named curve is no key") {
    const PublicKey key(EVP_EC_gen("P-256"));
    auto off_the_curve = octets_of(key.get());
    REQUIRE(curve_public_key(KeyType::Ec, p256, off_the_curve));
    off_the_curve.back() ^= 1;

    CHECK_FALSE(curve_public_key(KeyType::Ec, p256, off_the_curve));
    CHECK_FALSE(curve_public_key(KeyType::Ec, p256, {}));
    CHECK_FALSE(curve_public_key(KeyType::Ec, Bytes{0x30, 0x00}, octets_of(key.get())));
    CHECK_FALSE(curve_public_key(KeyType::Ec, {}, octets_of(key.get())));
}

TEST_CASE("public keys: an Ed25519 or X25519 key is read bare, in an OCTET STRING and in a BIT STRING") {
    for (const auto type : {KeyType::Ed25519, KeyType::X25519}) {
        const PublicKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, type == KeyType::Ed25519 ? "ED25519" : "X25519"));
        const auto raw = octets_of(key.get());
        CHECK(same(curve_public_key(type, ed25519, raw), key));
        CHECK(same(curve_public_key(type, ed25519, with_header({0x04, 0x20}, raw)), key));
        CHECK(same(curve_public_key(type, ed25519, with_header({0x03, 0x21, 0x00}, raw)), key));
        CHECK_FALSE(curve_public_key(type, ed25519, ByteView(raw).first(31)));
    }
}

TEST_CASE("public keys: an RSA key needs a modulus and an exponent") {
    const Bytes modulus(256, 0xc5), exponent{1, 0, 1};
    REQUIRE(rsa_public_key(modulus, exponent));

    CHECK_FALSE(rsa_public_key({}, exponent));
    CHECK_FALSE(rsa_public_key(modulus, {}));
    CHECK_FALSE(rsa_public_key(modulus, Bytes{0}));
}

TEST_CASE("public keys: a SubjectPublicKeyInfo is one with nothing behind") {
    const PublicKey key(EVP_EC_gen("P-384"));
    Bytes encoded(static_cast<size_t>(i2d_PUBKEY(key.get(), nullptr)));
    auto* position = encoded.data();
    i2d_PUBKEY(key.get(), &position);
    CHECK(same(encoded_public_key(encoded), key));

    encoded.push_back(0);

    CHECK_FALSE(encoded_public_key(encoded));
    CHECK_FALSE(encoded_public_key({}));
}

TEST_CASE("public keys: an X25519 key may be filed under Edwards") {
    CHECK(key_type_of(CKK_RSA, {}) == KeyType::Rsa);
    CHECK(key_type_of(CKK_EC, p256) == KeyType::Ec);
    CHECK(key_type_of(CKK_EC_EDWARDS, ed25519) == KeyType::Ed25519);
    CHECK(key_type_of(CKK_EC_EDWARDS, x25519) == KeyType::X25519);
    CHECK(key_type_of(montgomery_key, {}) == KeyType::X25519);
    CHECK_FALSE(key_type_of(CKK_DSA, {}));
}
