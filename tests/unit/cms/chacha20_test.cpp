// SPDX-License-Identifier: LGPL-2.1-or-later
// ChaCha20-Poly1305 content (RFC 8103), both ways. The openssl command cannot read it: what crosses is compared with
// the RFC's text, and the cipher with OpenSSL's own.
#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

/// SEQUENCE { 1.2.840.113549.1.9.16.3.18, OCTET STRING of 12 octets }, RFC 8103 §3.
const Bytes identifier_start{0x30, 0x1b, 0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                             0x0d, 0x01, 0x09, 0x10, 0x03, 0x12, 0x04, 0x0c};

Bytes identifier_with(ByteView nonce) {
    Bytes inner(identifier_start.begin() + 2, identifier_start.end() - 2);
    const auto parameters = der_value(V_ASN1_OCTET_STRING, nonce);
    inner.insert(inner.end(), parameters.begin(), parameters.end());
    return der_value(0x30, inner);
}

const Identity& ada() { return recipient(TestKey::Rsa2048); }

/// Content and tag by OpenSSL alone.
CraftedMessage message_by_hand(const Secret& key, ByteView content, ByteView attributes = {}) {
    const Bytes nonce(12, 0x42);
    const auto authenticated = attributes.empty() ? Bytes() : der_value(0x31, attributes);
    CraftedMessage message{.kind = EnvelopeKind::AuthEnveloped,
                           .recipient_infos = {recipient_info(ada(), key)},
                           .algorithm = identifier_with(nonce),
                           .content = Bytes(content.size()),
                           .attributes = to_bytes(attributes),
                           .tag = Bytes(16)};
    const CipherContext context(EVP_CIPHER_CTX_new());
    int size = 0;
    EVP_EncryptInit_ex(context.get(), EVP_chacha20_poly1305(), nullptr, key.reveal().data(), nonce.data());
    if (!authenticated.empty())
        EVP_EncryptUpdate(context.get(), nullptr, &size, authenticated.data(), static_cast<int>(authenticated.size()));
    EVP_EncryptUpdate(context.get(), message.content.data(), &size, content.data(), static_cast<int>(content.size()));
    EVP_EncryptFinal_ex(context.get(), nullptr, &size);
    REQUIRE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, message.tag.data()) == 1);
    return message;
}

ErrorCode code_of(const CraftedMessage& message) {
    const auto outcome = decrypt_with({&ada()}, message.encode());
    CHECK(outcome.output.empty());
    return outcome.finished.code;
}

}  // namespace

TEST_CASE("encrypt: a ChaCha20-Poly1305 message is AuthEnvelopedData with the identifier of RFC 8103 §3") {
    const auto message = encrypted_to({&ada()}, sample_content(1000), {.cipher = ContentCipher::ChaCha20Poly1305});

    CHECK_FALSE(std::ranges::search(message, identifier_start).empty());
    const auto type = encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(NID_id_smime_ct_authEnvelopedData));
    CHECK_FALSE(std::ranges::search(message, type).empty());
}

TEST_CASE("decrypt: ChaCha20-Poly1305 content made by hand, with and without attributes (RFC 8103 §2, RFC 8551 §2.7)") {
    const auto key = key_of_size(32);
    const Bytes content_type{0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03,
                             0x31, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
    for (const auto& attributes : {Bytes(), content_type})
        for (const size_t size : {0, 1, 64, 100'000}) {
            const auto outcome =
                decrypt_with({&ada()}, message_by_hand(key, sample_content(size), attributes).encode());
            CHECK(outcome.finished.message == "");
            CHECK((outcome.output == sample_content(size)));
            CHECK(outcome.finished.content_cipher == "chacha20-poly1305");
            CHECK(outcome.finished.integrity == ipc::Integrity::Aead);
        }
}

TEST_CASE("decrypt: rows 21 and 22: a ChaCha20-Poly1305 nonce or tag of another size is a BadMessage (RFC 8103 §3)") {
    const auto good = message_by_hand(key_of_size(32), sample_content(100));
    CHECK((decrypt_with({&ada()}, good.encode()).output == sample_content(100)));
    for (const size_t size : {0, 1, 8, 11, 13, 1000}) {
        auto message = good;
        message.algorithm = identifier_with(Bytes(size, 0x42));
        CHECK(code_of(message) == ErrorCode::BadMessage);
    }
    for (const size_t size : {0, 1, 12, 15, 17}) {
        auto message = good;
        message.tag.resize(size);
        CHECK(code_of(message) == ErrorCode::BadMessage);
    }
    auto absent = good;
    absent.algorithm = der_value(0x30, ByteView(identifier_start).subspan(2, 13));
    CHECK(code_of(absent) == ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 23: ChaCha20-Poly1305 in EnvelopedData is a BadMessage") {
    auto message = message_by_hand(key_of_size(32), sample_content(100));
    message.kind = EnvelopeKind::Enveloped;
    CHECK(code_of(message) == ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 24: a flipped ChaCha20-Poly1305 tag or content is DecryptFailed with 0 bytes out") {
    const auto good = message_by_hand(key_of_size(32), sample_content(300'000));
    auto message = good;
    message.tag[0] ^= 1;
    CHECK(code_of(message) == ErrorCode::DecryptFailed);
    message = good;
    message.content[150'000] ^= 1;
    CHECK(code_of(message) == ErrorCode::DecryptFailed);
}
