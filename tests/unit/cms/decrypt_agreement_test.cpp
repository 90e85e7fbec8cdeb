// SPDX-License-Identifier: LGPL-2.1-or-later
// The decrypt job with keys that are agreed (RFC 5753), from messages that none of our own code has made.
#include "agreed_recipient.hpp"
#include "catch.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

struct Scheme {
    const char* standard;
    const char* cofactor;
    Digest digest;
};

constexpr auto schemes = std::to_array<Scheme>({
    {"1.3.133.16.840.63.0.2", "1.3.133.16.840.63.0.3", Digest::Sha1},
    {"1.3.132.1.11.0", "1.3.132.1.14.0", Digest::Sha224},
    {"1.3.132.1.11.1", "1.3.132.1.14.1", Digest::Sha256},
    {"1.3.132.1.11.2", "1.3.132.1.14.2", Digest::Sha384},
    {"1.3.132.1.11.3", "1.3.132.1.14.3", Digest::Sha512},
});
const Bytes null_parameters{V_ASN1_NULL, 0};

constexpr auto curves = std::to_array<TestKey>({TestKey::P256, TestKey::P384, TestKey::P521, TestKey::BrainpoolP256,
                                                TestKey::BrainpoolP384, TestKey::BrainpoolP512});

CraftedMessage message_for(const std::vector<const Identity*>& identities, const AgreementText& text,
                           ContentCipher cipher = ContentCipher::Aes256Gcm) {
    const auto key = key_of_size(cipher == ContentCipher::Aes256Gcm ? 32 : 16);
    auto message = craft(cipher, key, sample_content(500));
    message.recipient_infos = {agreed_recipient_info(identities, key, text)};
    return message;
}

bool reads(const Identity& identity, const AgreementText& text) {
    const auto outcome = decrypt_with({&identity}, message_for({&identity}, text).encode());
    INFO(outcome.finished.message);
    return outcome.output == sample_content(500) && outcome.requests.agreements == 1;
}

}  // namespace

TEST_CASE("decrypt: every KDF hash, standard and cofactor, with each AES key wrap (RFC 5753 §7.1.4, RFC 8551 §2.3)") {
    const auto& identity = recipient(TestKey::P256);
    for (const auto& scheme : schemes)
        for (const auto* object : {scheme.standard, scheme.cofactor})
            for (const int wrap : {NID_id_aes128_wrap, NID_id_aes192_wrap, NID_id_aes256_wrap}) {
                CAPTURE(object, wrap);
                CHECK(reads(identity, {.scheme = object, .digest = scheme.digest, .wrap = wrap}));
            }
}

TEST_CASE("decrypt: the 3DES key wrap of old mail, with NULL parameters and without (RFC 5753 §7.1.5, RFC 3217)") {
    const auto& identity = recipient(TestKey::P256);
    for (const auto& scheme : schemes)
        for (const auto& parameters : {null_parameters, Bytes()})
            CHECK(reads(identity, {.scheme = scheme.standard,
                                   .digest = scheme.digest,
                                   .wrap = NID_id_smime_alg_CMS3DESwrap,
                                   .wrap_parameters = parameters}));
    const auto message = openssl_encrypt(identity, sample_content(500), {"-outform", "DER", "-des3"});
    CHECK((decrypt_with({&identity}, message).output == sample_content(500)));
}

TEST_CASE("decrypt: row 28: a 3DES-wrapped key that is damaged, cut or too long is DecryptFailed") {
    const auto& identity = recipient(TestKey::P256);
    const AgreementText text{.wrap = NID_id_smime_alg_CMS3DESwrap, .wrap_parameters = null_parameters};
    const auto good = message_for({&identity}, text);
    CHECK((decrypt_with({&identity}, good.encode()).output == sample_content(500)));

    auto damaged = good;
    damaged.recipient_infos[0].back() ^= 1;
    auto longer = craft(ContentCipher::Aes128Gcm, key_of_size(16), sample_content(500));
    longer.recipient_infos = {agreed_recipient_info({&identity}, key_of_size(32), text)};
    for (const auto& message : {damaged, longer}) {
        const auto outcome = decrypt_with({&identity}, message.encode());
        CHECK(outcome.finished.code == ErrorCode::DecryptFailed);
        CHECK(outcome.finished.message == "message cannot be decrypted");
        CHECK(outcome.output.empty());
        CHECK(outcome.requests.of_keys() == 1);
    }
}

TEST_CASE("decrypt: NIST and brainpool curves, the points in either form (RFC 5753 §3.1.1, RFC 5639)") {
    for (const auto curve : curves)
        for (const auto form : {POINT_CONVERSION_UNCOMPRESSED, POINT_CONVERSION_COMPRESSED}) {
            CAPTURE(static_cast<int>(curve), static_cast<int>(form));
            CHECK(reads(recipient(curve), {.form = form}));
        }
}

TEST_CASE("decrypt, encrypt: openssl and this read each other's messages to brainpool keys (RFC 5639)") {
    const auto content = sample_content(500);
    for (const auto curve : {TestKey::BrainpoolP256, TestKey::BrainpoolP384, TestKey::BrainpoolP512}) {
        CAPTURE(static_cast<int>(curve));
        const auto& identity = recipient(curve);
        const auto ours = encrypted_to({&identity}, content);
        CHECK((openssl_decrypt(identity, ours, "DER").output == content));
        CHECK((decrypt_with({&identity}, ours).output == content));
        const auto theirs = openssl_encrypt(identity, content, {"-outform", "DER", "-aes-256-gcm"});
        CHECK((decrypt_with({&identity}, theirs).output == content));
    }
}

TEST_CASE("decrypt: the originator's parameters may be absent, NULL, or name the curve (RFC 5753 §3.1.1)") {
    const auto named = encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(NID_X9_62_prime256v1));
    for (const auto& parameters : {Bytes(), null_parameters, named})
        CHECK(reads(recipient(TestKey::P256), {.originator_parameters = parameters}));
}

TEST_CASE("decrypt: user keying material is part of what the key is derived from (RFC 5753 §7.2)") {
    const auto& identity = recipient(TestKey::P256);
    for (const size_t size : {1, 16, 512}) CHECK(reads(identity, {.ukm = Bytes(size, 0x75)}));

    auto changed = message_for({&identity}, {.ukm = Bytes(16, 0x75)});
    const auto place = std::ranges::search(changed.recipient_infos[0], Bytes(16, 0x75));
    place.front() ^= 1;
    CHECK(decrypt_with({&identity}, changed.encode()).finished.code == ErrorCode::DecryptFailed);
    const auto long_one = message_for({&identity}, {.ukm = Bytes(513, 0x75)});
    const auto outcome = decrypt_with({&identity}, long_one.encode());
    CHECK(outcome.finished.code == ErrorCode::BadMessage);
    CHECK(outcome.requests.of_keys() == 0);
}

TEST_CASE("decrypt: one key-agreement recipient may hold a key for each of many (RFC 5652 §6.2.2)") {
    static const auto authority = make_ca("Third CA");
    static const auto second = issue(authority, TestKey::P256, {.serial = 501});
    static const auto third = issue(authority, TestKey::P256, {.serial = 502});
    const auto& first = recipient(TestKey::P256);
    const auto message = message_for({&first, &second, &third}, {}).encode();
    for (const auto* identity : {&first, &second, &third}) {
        const auto outcome = decrypt_with({identity}, message);
        CHECK((outcome.output == sample_content(500)));
        CHECK(outcome.requests.of_keys() == 1);
    }
}

TEST_CASE("decrypt: agreement recipients by RecipientKeyIdentifier, with a date too (RFC 5652 §6.2.2, RFC 8551 §2.6)") {
    for (const auto named_by : {NamedBy::KeyIdentifier, NamedBy::KeyIdentifierAndDate})
        CHECK(reads(recipient(TestKey::P384), {.named_by = named_by}));
}

TEST_CASE("decrypt: row 18: a point of another curve is a BadMessage before any token operation") {
    const auto& identity = recipient(TestKey::BrainpoolP256);
    const auto& other = recipient(TestKey::P256);
    const auto key = key_of_size(32);
    auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(10));
    unsigned char* point = nullptr;
    const auto size = EVP_PKEY_get1_encoded_public_key(other.certificate.public_key(), &point);
    message.recipient_infos = {agreed_recipient_info({&identity}, key, {.ephemeral_key = Bytes(point, point + size)})};
    OPENSSL_free(point);
    const auto outcome = decrypt_with({&identity}, message.encode());
    CHECK(outcome.finished.code == ErrorCode::BadMessage);
    CHECK(outcome.requests.of_keys() == 0);
    CHECK(outcome.output.empty());
}
