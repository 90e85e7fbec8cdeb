// SPDX-License-Identifier: LGPL-2.1-or-later
// The decrypt job on recipients that are bad, too many or not ours: rows of BAD_INPUT, one answer each, and nothing on
// the output.
#include <algorithm>
#include <set>

#include "bad_input_fixture.hpp"
#include "cms/ber_writer.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

Bytes rsa_encrypted(const Identity& identity, ByteView plaintext) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(identity.key.get(), nullptr));
    Bytes ciphertext(static_cast<size_t>(EVP_PKEY_get_size(identity.key.get())));
    size_t size = ciphertext.size();
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, plaintext.data(), plaintext.size()) == 1);
    return ciphertext;
}

size_t offset_of(ByteView whole, ByteView part) {
    return static_cast<size_t>(std::ranges::search(whole, part).begin() - whole.begin());
}

}  // namespace

TEST_CASE("decrypt: row 10: 100,000 recipients are LimitExceeded before any token operation") {
    auto message = crafted();
    const auto info = message.recipient_infos.front();
    message.recipient_infos.assign(1000, recipient_info(stranger(), key_of_size(32)));
    message.recipient_infos.back() = info;
    CHECK((decrypt_with({&ada()}, message.encode()).output == sample_content(100)));

    message.recipient_infos.push_back(info);
    check_refused(message.encode(), ErrorCode::LimitExceeded);
    message.recipient_infos.assign(1, der_value(0xa2, Bytes{}));
    message.recipient_infos.resize(100'000, message.recipient_infos.front());
    check_refused(message.encode(), ErrorCode::LimitExceeded);
}

TEST_CASE("decrypt: row 10: many keys in one key-agreement recipient count each") {
    const auto& identity = recipient(TestKey::P256);
    const auto key = key_of_size(32);
    auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(100));
    const auto info = make_recipient_info(identity.certificate, KeyTransport::Pkcs1, key);
    auto* keys = info->value.key_agreement->recipient_encrypted_keys;
    const auto add_copy = [&] {
        const auto der = encoded<asn1::i2d_RecipientEncryptedKey>(asn1::sk_RecipientEncryptedKey_value(keys, 0));
        const auto* position = der.data();
        asn1::sk_RecipientEncryptedKey_push(
            keys, asn1::d2i_RecipientEncryptedKey(nullptr, &position, static_cast<long>(der.size())));
    };
    while (asn1::sk_RecipientEncryptedKey_num(keys) < 1000) add_copy();
    message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};
    CHECK((decrypt_with({&identity}, message.encode()).output == sample_content(100)));

    add_copy();
    message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};
    check_refused(message.encode(), ErrorCode::LimitExceeded, 0, ipc::InputForm::Auto, identity);
}

TEST_CASE("decrypt: row 13: of two recipients with our identifier the first is used, with one token operation") {
    auto message = crafted();
    message.recipient_infos.push_back(recipient_info_with(ada(), random_bytes(256)));

    const auto outcome = decrypt_with({&ada()}, message.encode());

    CHECK((outcome.output == sample_content(100)));
    CHECK(outcome.requests.of_keys() == 1);
    std::swap(message.recipient_infos[0], message.recipient_infos[1]);
    check_refused(message.encode(), ErrorCode::DecryptFailed, 1);
}

TEST_CASE("decrypt: row 14: a probe recipient after the valid one is never tried") {
    auto message = crafted();
    const auto unusable = der_value(0xa2, Bytes{});
    message.recipient_infos.insert(message.recipient_infos.end(),
                                   {recipient_info_with(ada(), rsa_encrypted(ada(), Bytes(16, 1))), unusable,
                                    recipient_info_with(ada(), Bytes(256, 0))});

    const auto outcome = decrypt_with({&ada()}, message.encode());

    CHECK((outcome.output == sample_content(100)));
    CHECK(outcome.requests.of_keys() == 1);
}

TEST_CASE("decrypt: row 15: no recipient for us is NoMatchingKey before any token operation") {
    const auto outcome = decrypt_with({&stranger()}, good_message());
    CHECK(outcome.finished.code == ErrorCode::NoMatchingKey);
    CHECK(outcome.output.empty());
    CHECK(outcome.requests.of_keys() == 0);
}

TEST_CASE("decrypt: row 16: bad padding, a wrong key size and a wrong key are one identical DecryptFailed") {
    auto message = crafted();
    REQUIRE((decrypt_with({&ada()}, message.encode()).output == sample_content(100)));
    std::set<std::string> answers;

    for (const auto& encrypted_key :
         {Bytes(256, 1), Bytes(255, 1), Bytes(257, 1), Bytes(256, 0), Bytes(1, 1), rsa_encrypted(ada(), Bytes(16, 1)),
          rsa_encrypted(ada(), Bytes(33, 1)), rsa_encrypted(ada(), Bytes(32, 1)), rsa_encrypted(ada(), {})}) {
        message.recipient_infos = {recipient_info_with(ada(), encrypted_key)};
        const auto outcome = decrypt_with({&ada()}, message.encode());
        CHECK(outcome.finished.code == ErrorCode::DecryptFailed);
        CHECK(outcome.output.empty());
        CHECK(outcome.requests.of_keys() <= 1);
        answers.insert(outcome.finished.message);
    }

    CHECK(answers == std::set<std::string>{"message cannot be decrypted"});
    check_good_message_still_works();
}

TEST_CASE("decrypt: row 17: OAEP that opens to nothing is DecryptFailed, an unknown hash UnsupportedAlgorithm") {
    const auto key = key_of_size(32);
    auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(100));
    const auto info = make_recipient_info(ada().certificate, KeyTransport::Oaep, key);
    message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};
    REQUIRE((decrypt_with({&ada()}, message.encode()).output == sample_content(100)));

    auto changed = message.encode();
    const auto sha256 = encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(NID_sha256));
    changed[offset_of(changed, sha256) + sha256.size() - 1] = 0x0f;
    check_refused(changed, ErrorCode::UnsupportedAlgorithm);

    auto* encrypted = info->value.key_transport->encrypted_key;
    encrypted->data[10] ^= 1;
    message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};
    check_refused(message.encode(), ErrorCode::DecryptFailed, 1);
}

TEST_CASE("decrypt: row 18: a point off the curve and a hybrid point are a BadMessage before any token operation") {
    const auto& identity = recipient(TestKey::P256);
    const auto key = key_of_size(32);
    auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(100));
    const auto info = make_recipient_info(identity.certificate, KeyTransport::Pkcs1, key);
    auto* point = info->value.key_agreement->originator->value.public_key->public_key;
    const auto encode = [&] {
        message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};
        return message.encode();
    };
    REQUIRE((decrypt_with({&identity}, encode()).output == sample_content(100)));

    point->data[20] ^= 1;
    const auto off_curve = decrypt_with({&identity}, encode());
    CHECK(off_curve.finished.code == ErrorCode::BadMessage);
    CHECK(off_curve.requests.of_keys() == 0);
    point->data[20] ^= 1;
    point->data[0] = static_cast<uint8_t>(6 + (point->data[64] & 1));
    check_refused(encode(), ErrorCode::BadMessage, 0, ipc::InputForm::Auto, identity);
    point->data[0] = 0;
    check_refused(encode(), ErrorCode::BadMessage, 0, ipc::InputForm::Auto, identity);
}

TEST_CASE("decrypt: row 19: a key agreement without parameters is a BadMessage") {
    const auto& identity = recipient(TestKey::P256);
    const auto key = key_of_size(32);
    auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(100));
    const auto info = make_recipient_info(identity.certificate, KeyTransport::Pkcs1, key);
    X509_ALGOR_set0(info->value.key_agreement->key_encryption_algorithm,
                    OBJ_nid2obj(NID_dhSinglePass_stdDH_sha256kdf_scheme), V_ASN1_UNDEF, nullptr);
    message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};

    check_refused(message.encode(), ErrorCode::BadMessage, 0, ipc::InputForm::Auto, identity);
}

TEST_CASE("decrypt: row 20: password, KEK and other recipients alone are UnsupportedAlgorithm (RFC 5652 §6.2.3-5)") {
    auto message = crafted();
    const auto ours = message.recipient_infos.front();
    for (const uint8_t tag : Bytes{0xa2, 0xa3, 0xa4}) {
        message.recipient_infos = {der_value(tag, Bytes{V_ASN1_INTEGER, 1, 0})};
        check_refused(message.encode(), ErrorCode::UnsupportedAlgorithm);
        message.recipient_infos.push_back(ours);
        CHECK((decrypt_with({&ada()}, message.encode()).output == sample_content(100)));
    }
}

TEST_CASE("decrypt: row 20: what openssl encrypts for a password is UnsupportedAlgorithm") {
    const auto result =
        run_program({"openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", "-pwri_password", "secret"},
                    sample_content(100));
    REQUIRE(result.status == 0);
    check_refused(result.output, ErrorCode::UnsupportedAlgorithm);
}

TEST_CASE("decrypt: row 28: an over-long key wrap is DecryptFailed") {
    const auto& identity = recipient(TestKey::P256);
    for (const auto& wrapped : {Bytes(48, 1), Bytes(40, 1), Bytes(24, 1), Bytes(1000, 1), Bytes(39, 1), Bytes()}) {
        const auto key = key_of_size(32);
        auto message = craft(ContentCipher::Aes256Gcm, key, sample_content(100));
        const auto info = make_recipient_info(identity.certificate, KeyTransport::Pkcs1, key);
        auto* encrypted = asn1::sk_RecipientEncryptedKey_value(info->value.key_agreement->recipient_encrypted_keys, 0);
        ASN1_OCTET_STRING_set(encrypted->encrypted_key, wrapped.data(), static_cast<int>(wrapped.size()));
        message.recipient_infos = {encoded<asn1::i2d_RecipientInfo>(info.get())};

        check_refused(message.encode(), ErrorCode::DecryptFailed, 1, ipc::InputForm::Auto, identity);
    }
}

TEST_CASE("decrypt: row 28: a wrapped key that is right but longer than the cipher's is DecryptFailed") {
    const auto& identity = recipient(TestKey::P256);
    auto message = craft(ContentCipher::Aes128Gcm, key_of_size(16), sample_content(100));
    message.recipient_infos = {recipient_info(identity, key_of_size(32))};
    check_refused(message.encode(), ErrorCode::DecryptFailed, 1, ipc::InputForm::Auto, identity);
}
