// SPDX-License-Identifier: LGPL-2.1-or-later
// A key's identity does not depend on how its certificate writes the key.
#include "token/certificate_facts.hpp"

#include <openssl/core_names.h>

#include <algorithm>

#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

PublicKey read_public_key(ByteView der) {
    const auto* position = der.data();
    PublicKey key(d2i_PUBKEY(nullptr, &position, static_cast<long>(der.size())));
    REQUIRE(key);
    return key;
}

Bytes encoded(EVP_PKEY* key) {
    Bytes der(static_cast<size_t>(i2d_PUBKEY(key, nullptr)));
    auto* position = der.data();
    i2d_PUBKEY(key, &position);
    return der;
}

}  // namespace

TEST_CASE("key id: it is the digest of the canonical SubjectPublicKeyInfo") {
    const PublicKey key(EVP_EC_gen("P-256"));

    CHECK(key_id_of(key.get()).value == "sha256:" + hex(digest_of(Digest::Sha256, encoded(key.get()))));
}

TEST_CASE("key id: that of an Ed25519 or X25519 key is the digest of its only encoding (RFC 8410 §4)") {
    for (const char* type : {"ED25519", "X25519"}) {
        const PublicKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, type));
        const auto der = encoded(key.get());
        CHECK(der.size() == 44);
        CHECK(key_id_of(key.get()).value == "sha256:" + hex(digest_of(Digest::Sha256, der)));
        CHECK(key_id_of(read_public_key(der).get()) == key_id_of(key.get()));
    }
}

TEST_CASE("key id: a compressed point and explicit parameters give the same identity") {
    const PublicKey key(EVP_EC_gen("P-256"));
    const auto id = key_id_of(key.get());

    const PublicKey compressed(EVP_PKEY_dup(key.get()));
    EVP_PKEY_set_utf8_string_param(compressed.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed");
    const auto compressed_der = encoded(compressed.get());
    REQUIRE(compressed_der != encoded(key.get()));
    CHECK(key_id_of(read_public_key(compressed_der).get()) == id);

    const PublicKey explicit_parameters(EVP_PKEY_dup(key.get()));
    EVP_PKEY_set_utf8_string_param(explicit_parameters.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                   OSSL_PKEY_EC_ENCODING_EXPLICIT);
    const auto explicit_der = encoded(explicit_parameters.get());
    REQUIRE(explicit_der != encoded(key.get()));
    CHECK(key_id_of(read_public_key(explicit_der).get()) == id);
}

TEST_CASE("key id: an RSASSA-PSS key has the identity of the plain RSA key") {
    const PublicKey key(EVP_RSA_gen(2048));
    auto der = encoded(key.get());
    // rsaEncryption with NULL becomes id-RSASSA-PSS (1.2.840.113549.1.1.10) without parameters, two bytes shorter.
    Bytes pss(der.begin(), der.end());
    const Bytes end_of_algorithm{0x01, 0x01, 0x01, 0x05, 0x00};
    const auto algorithm = std::ranges::search(pss, end_of_algorithm).begin();
    REQUIRE(algorithm != pss.end());
    *(algorithm + 2) = 0x0a;
    pss.erase(algorithm + 3, algorithm + 5);
    pss[5] = static_cast<uint8_t>(pss[5] - 2);
    const auto size = static_cast<size_t>(pss[2] << 8 | pss[3]) - 2;
    pss[2] = static_cast<uint8_t>(size >> 8);
    pss[3] = static_cast<uint8_t>(size);

    const auto pss_key = read_public_key(pss);

    REQUIRE(EVP_PKEY_get_base_id(pss_key.get()) == EVP_PKEY_RSA_PSS);
    CHECK(key_id_of(pss_key.get()) == key_id_of(key.get()));
}
