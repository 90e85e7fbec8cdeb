// SPDX-License-Identifier: LGPL-2.1-or-later
// RSA encodings made and undone outside the token, against OpenSSL's.
#include "token/rsa_blocks.hpp"

#include <openssl/rsa.h>

#include "catch.hpp"
#include "token/openssl.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

const Bytes key(16, 0x5a);

Bytes pkcs1_block() {
    Bytes block(128, 0xff);
    block[0] = 0;
    block[1] = 2;
    block[128 - 17] = 0;
    std::ranges::copy(key, block.end() - 16);
    return block;
}

/// The private-key operation without any padding.
Bytes raw_decrypt(EVP_PKEY* rsa, ByteView input) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(rsa, nullptr));
    REQUIRE(EVP_PKEY_decrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1);
    Bytes output(input.size());
    auto size = output.size();
    REQUIRE(EVP_PKEY_decrypt(context.get(), output.data(), &size, input.data(), input.size()) == 1);
    return output;
}

Bytes oaep_encrypt(EVP_PKEY* rsa, Digest hash, Digest mgf_hash) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(rsa, nullptr));
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), openssl_digest(hash)) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), openssl_digest(mgf_hash)) == 1);
    Bytes ciphertext(static_cast<size_t>(EVP_PKEY_get_size(rsa)));
    auto size = ciphertext.size();
    REQUIRE(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, key.data(), key.size()) == 1);
    return ciphertext;
}

bool pss_verifies(EVP_PKEY* rsa, Digest digest, ByteView hash, ByteView signature) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(rsa, nullptr));
    return EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context.get(), openssl_digest(digest)) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1 &&
           EVP_PKEY_verify(context.get(), signature.data(), signature.size(), hash.data(), hash.size()) == 1;
}

}  // namespace

TEST_CASE("v1.5: a good block gives its key") {
    Bytes out(16);
    CHECK(decode_pkcs1(pkcs1_block(), out) == 0xff);
    CHECK(out == key);
}

TEST_CASE("v1.5: a block that is wrong in any place of its structure is bad (row 16)") {
    Bytes out(16);
    for (size_t i = 0; i < 128 - 16; ++i) {
        auto block = pkcs1_block();
        // Padding bytes may be anything but 0, all other bytes have one value.
        const bool in_padding = i >= 2 && i < 128 - 17;
        block[i] = in_padding ? 0 : static_cast<uint8_t>(block[i] ^ 0x40);
        INFO("byte " << i);
        CHECK(decode_pkcs1(block, out) == 0);
    }
}

TEST_CASE("v1.5: a message of another length is bad (row 16)") {
    Bytes out(16);
    CHECK(decode_pkcs1(pkcs1_block(), std::span(out).first(15)) == 0);
    Bytes longer(24);
    CHECK(decode_pkcs1(pkcs1_block(), longer) == 0);
}

TEST_CASE("OAEP: what OpenSSL encodes is decoded for any hash and mask hash, and any changed byte is bad") {
    const PublicKey rsa(EVP_RSA_gen(2048));
    for (const auto hash : {Digest::Sha1, Digest::Sha256, Digest::Sha512})
        for (const auto mgf_hash : {Digest::Sha1, Digest::Sha384}) {
            auto block = raw_decrypt(rsa.get(), oaep_encrypt(rsa.get(), hash, mgf_hash));
            Bytes out(16);
            CHECK(decode_oaep(block, {hash, mgf_hash, {}}, out) == 0xff);
            CHECK(out == key);
            CHECK(decode_oaep(block, {hash, mgf_hash, bytes_of("label")}, out) == 0);
            CHECK(decode_oaep(block, {hash, mgf_hash, {}}, std::span(out).first(15)) == 0);
            size_t good = 0;
            for (auto& byte : block) {
                byte ^= 1;
                good += decode_oaep(block, {hash, mgf_hash, {}}, out) != 0;
                byte ^= 1;
            }
            CHECK(good == 0);
        }
}

TEST_CASE("PSS: encoded blocks verify, for moduli of any number of bits") {
    for (const unsigned bits : {2048U, 2050U, 2054U}) {
        const PublicKey rsa(EVP_RSA_gen(bits));
        INFO("bits " << bits);
        for (const auto digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
            const auto hash = digest_of(digest, bytes_of("message"));
            const auto signature = raw_decrypt(rsa.get(), encode_pss(digest, hash, bits));
            CHECK(pss_verifies(rsa.get(), digest, hash, signature));
        }
    }
}

TEST_CASE("PSS: for a modulus of 8n + 1 bits the block has a zero byte in front") {
    // OpenSSL makes no such key; RFC 8017 §8.1.1 step 2 note.
    const auto block = encode_pss(Digest::Sha256, digest_of(Digest::Sha256, {}), 2049);

    CHECK(block.size() == 257);
    CHECK(block.front() == 0);
    CHECK(block.back() == 0xbc);
}

TEST_CASE("select: takes one or the other") {
    Bytes out(16);
    const Bytes other(16, 0x11);
    select(0xff, key, other, out);
    CHECK(out == key);
    select(0, key, other, out);
    CHECK(out == other);
}
