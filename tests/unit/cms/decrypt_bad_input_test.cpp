// SPDX-License-Identifier: LGPL-2.1-or-later
// The decrypt job on bad messages: rows of BAD_INPUT, one answer each, and nothing on the output.
#include <openssl/rand.h>
#include <sys/resource.h>
#include <algorithm>
#include <set>

#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

const Identity& ada() { return recipient(TestKey::Rsa2048); }

Bytes good_message(ipc::OutputForm form = ipc::OutputForm::Der, ContentCipher cipher = ContentCipher::Aes256Gcm) {
    return encrypted_to({&ada()}, sample_content(100), {.form = form, .cipher = cipher});
}

void check_good_message_still_works() {
    const auto outcome = decrypt_with({&ada()}, good_message());
    CHECK((outcome.output == sample_content(100)));
}

/// The decrypt job fails so, asks for at most that many keys, and writes nothing.
void check_refused(ByteView message, ErrorCode code, int keys = 0, ipc::InputForm form = ipc::InputForm::Auto,
                   const Identity& identity = ada()) {
    const auto outcome = decrypt_with({&identity}, message, form);
    INFO(outcome.finished.message);
    CHECK(outcome.finished.code == code);
    CHECK(outcome.output.empty());
    CHECK(outcome.requests.of_keys() == keys);
    CHECK((keys > 0 || outcome.requests.choices == 0));
}

CraftedMessage crafted(ContentCipher cipher = ContentCipher::Aes256Gcm) {
    const auto key = key_of_size(cipher == ContentCipher::Aes128Gcm || cipher == ContentCipher::Aes128Cbc ? 16 : 32);
    auto message = craft(cipher, key, sample_content(100));
    message.recipient_infos = {recipient_info(ada(), key)};
    return message;
}

Bytes random_bytes(size_t size) {
    Bytes bytes(size);
    RAND_bytes(bytes.data(), static_cast<int>(size));
    return bytes;
}

/// AlgorithmIdentifier of AES-256-GCM with these parameters; no ICVlen if `icv_length` is 0.
Bytes gcm_algorithm(size_t nonce_size, uint8_t icv_length) {
    auto parameters = der_value(V_ASN1_OCTET_STRING, Bytes(nonce_size, 7));
    if (icv_length) parameters.insert(parameters.end(), {V_ASN1_INTEGER, 1, icv_length});
    auto algorithm = encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(NID_aes_256_gcm));
    const auto sequence = der_value(0x30, parameters);
    algorithm.insert(algorithm.end(), sequence.begin(), sequence.end());
    return der_value(0x30, algorithm);
}

Bytes cbc_like_algorithm(int nid) {
    auto algorithm = encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(nid));
    const auto parameter = der_value(V_ASN1_OCTET_STRING, Bytes(16, 7));
    algorithm.insert(algorithm.end(), parameter.begin(), parameter.end());
    return der_value(0x30, algorithm);
}

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

TEST_CASE("decrypt: row 1: an empty message is a BadMessage") {
    check_refused({}, ErrorCode::BadMessage);
    check_good_message_still_works();
}

TEST_CASE("decrypt: row 2: random bytes are a BadMessage") {
    for (int i = 0; i < 200; ++i) check_refused(random_bytes(1 + i * 7), ErrorCode::BadMessage);
    auto sequence = random_bytes(500);
    sequence[0] = 0x30;
    check_refused(sequence, ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 3: a message cut at any offset is a BadMessage") {
    for (const auto form : {ipc::OutputForm::Der, ipc::OutputForm::Pem, ipc::OutputForm::Smime}) {
        const auto message = good_message(form);
        REQUIRE(decrypt_with({&ada()}, message).finished.code == ErrorCode::None);
        // A line break at the end of text is no part of the message.
        const auto armored = form != ipc::OutputForm::Der;
        const auto whole = text_of(message).find_last_not_of(armored ? "\r\n" : "") + 1;
        for (size_t size = 0; size < (armored ? whole : message.size()); ++size) {
            CAPTURE(size);
            check_refused(ByteView(message).first(size), ErrorCode::BadMessage);
        }
    }
}

TEST_CASE("decrypt: row 3: a large message in BER pieces, cut, is a BadMessage") {
    const auto message = encrypted_to({&ada()}, sample_content(200'000));
    for (size_t size = 0; size < message.size(); size += 997)
        check_refused(ByteView(message).first(size), ErrorCode::BadMessage);
    for (size_t cut = 1; cut < 40; ++cut)
        check_refused(ByteView(message).first(message.size() - cut), ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 4: garbage after the message is a BadMessage in every form") {
    for (const auto form : {ipc::OutputForm::Der, ipc::OutputForm::Pem, ipc::OutputForm::Smime}) {
        auto message = good_message(form);
        message.push_back('x');
        check_refused(message, ErrorCode::BadMessage);
        message.insert(message.end(), 2000, 'x');
        check_refused(message, ErrorCode::BadMessage);
    }
    auto der = good_message();
    der.push_back('\n');
    check_refused(der, ErrorCode::BadMessage);
}

TEST_CASE("decrypt: row 5: a form other than the one asked for is a BadMessage that names it") {
    using ipc::InputForm;
    using ipc::OutputForm;
    const auto base64 = [] {
        const auto pem = good_message(OutputForm::Pem);
        const auto text = text_of(pem);
        const auto start = text.find('\n') + 1;
        return to_bytes(bytes_of(text.substr(start, text.find("-----END") - start)));
    }();
    const std::vector<std::tuple<Bytes, std::string, InputForm>> forms{
        {good_message(OutputForm::Der), "DER", InputForm::Der},
        {good_message(OutputForm::Pem), "PEM", InputForm::Pem},
        {good_message(OutputForm::Smime), "S/MIME", InputForm::Smime},
        {base64, "base64", InputForm::Auto}};
    for (const auto& [message, name, right] : forms) {
        CHECK((decrypt_with({&ada()}, message, right).output == sample_content(100)));
        for (const auto form : {InputForm::Der, InputForm::Pem, InputForm::Smime}) {
            if (form == right) continue;
            const auto outcome = decrypt_with({&ada()}, message, form);
            CHECK(outcome.finished.code == ErrorCode::BadMessage);
            CHECK_THAT(outcome.finished.message, ContainsSubstring(name));
            CHECK(outcome.output.empty());
        }
    }
}

TEST_CASE("decrypt: row 8: a length of 2 GiB in 25 bytes is a BadMessage and takes no memory") {
    struct rusage before {
    }, later{};
    getrusage(RUSAGE_SELF, &before);
    Bytes message{0x30, 0x84, 0x80, 0x00, 0x00, 0x00, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                  0x0d, 0x01, 0x07, 0x03, 0xa0, 0x84, 0x7f, 0xff, 0xff, 0x00, 0x30, 0x80};
    REQUIRE(message.size() == 25);

    check_refused(message, ErrorCode::BadMessage);
    message = {0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03,
               0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x00, 0x31, 0x84, 0x7f, 0xff, 0xff};
    check_refused(message, ErrorCode::BadMessage);

    getrusage(RUSAGE_SELF, &later);
    CHECK(later.ru_maxrss - before.ru_maxrss < 16 * 1024);
}

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

TEST_CASE("decrypt: row 21: a GCM nonce of 0, 1 or 1000 bytes is a BadMessage") {
    auto message = crafted();
    for (const size_t size : {0, 1, 11, 13, 16, 1000}) {
        message.algorithm = gcm_algorithm(size, 16);
        check_refused(message.encode(), ErrorCode::BadMessage);
    }
    message.algorithm = gcm_algorithm(12, 16);
    check_refused(message.encode(), ErrorCode::DecryptFailed, 1);
}

TEST_CASE("decrypt: row 22: a tag of 1, 4 or 8 bytes, or of another length than ICVlen, is a BadMessage") {
    auto message = crafted();
    const auto tag = message.tag;
    for (const uint8_t size : Bytes{1, 4, 8, 11, 17}) {
        message.algorithm = gcm_algorithm(12, size);
        message.tag.assign(size, 1);
        check_refused(message.encode(), ErrorCode::BadMessage);
    }
    for (const uint8_t icv_length : Bytes{0, 12, 15}) {
        message.algorithm = gcm_algorithm(12, icv_length);
        message.tag = tag;
        check_refused(message.encode(), ErrorCode::BadMessage);
    }
}

TEST_CASE("decrypt: an absent ICVlen means 12 bytes, and every length from 12 to 16 is read (RFC 5084 §3.2)") {
    const auto key = key_of_size(32);
    for (const uint8_t size : Bytes{0, 12, 13, 14, 15, 16}) {
        CAPTURE(static_cast<int>(size));
        const Bytes nonce(12, 7);
        const auto content = sample_content(100);
        const CipherContext context(EVP_CIPHER_CTX_new());
        auto message = crafted();
        int length = 0;
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.reveal().data(), nonce.data());
        EVP_EncryptUpdate(context.get(), message.content.data(), &length, content.data(), 100);
        EVP_EncryptFinal_ex(context.get(), nullptr, &length);
        message.tag.resize(size ? size : 12);
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(message.tag.size()),
                            message.tag.data());
        message.algorithm = gcm_algorithm(12, size);
        CHECK((decrypt_with({&ada()}, message.encode()).output == content));
    }
}

TEST_CASE("decrypt: row 23: CBC and stream ciphers in AuthEnvelopedData and GCM in EnvelopedData are a BadMessage") {
    auto message = crafted();
    for (const int nid : {NID_aes_256_cbc, NID_aes_256_cfb128, NID_aes_256_ofb128, NID_rc4}) {
        message.algorithm = cbc_like_algorithm(nid);
        check_refused(message.encode(), ErrorCode::BadMessage);
    }
    auto enveloped = crafted(ContentCipher::Aes256Cbc);
    enveloped.algorithm = gcm_algorithm(12, 16);
    check_refused(enveloped.encode(), ErrorCode::BadMessage);
    enveloped.algorithm = cbc_like_algorithm(NID_aes_256_cfb128);
    check_refused(enveloped.encode(), ErrorCode::UnsupportedAlgorithm);
}

TEST_CASE("decrypt: row 24: a flipped GCM tag is DecryptFailed with 0 bytes out (RFC 5083 §3, RFC 8551 §6)") {
    auto message = crafted();
    message.tag.back() ^= 1;
    check_refused(message.encode(), ErrorCode::DecryptFailed, 1);
    message.tag.back() ^= 1;
    message.content[50] ^= 1;
    check_refused(message.encode(), ErrorCode::DecryptFailed, 1);

    auto large = encrypted_to({&ada()}, sample_content(300'000), {.cipher = ContentCipher::Aes256Gcm});
    large[100'000] ^= 1;
    check_refused(large, ErrorCode::DecryptFailed, 1);
}

TEST_CASE("decrypt: row 25: CBC flipped in its middle succeeds, with integrity none") {
    auto message = crafted(ContentCipher::Aes256Cbc);
    message.content[40] ^= 1;
    const auto outcome = decrypt_with({&ada()}, message.encode());
    CHECK(outcome.finished.code == ErrorCode::None);
    CHECK(outcome.finished.integrity == ipc::Integrity::None);
    CHECK(outcome.output.size() == 100);
    CHECK((outcome.output != sample_content(100)));
}

TEST_CASE("decrypt: row 26: a bad last CBC block is DecryptFailed with 0 bytes out (RFC 5652 §6.3, RFC 8551 §6)") {
    auto message = crafted(ContentCipher::Aes256Cbc);
    const auto size = message.content.size();
    // The last byte of the plaintext's padding becomes 0, then 17, then another length than the others say.
    for (const uint8_t wrong : Bytes{0, 17, 255, 11}) {
        auto changed = message;
        changed.content[size - 17] = static_cast<uint8_t>(changed.content[size - 17] ^ 12 ^ wrong);
        check_refused(changed.encode(), ErrorCode::DecryptFailed, 1);
    }
    auto large = encrypted_to({&ada()}, sample_content(300'000));
    const auto end_of_contents = 5 * 2;
    large[large.size() - end_of_contents - 17] ^= 0x80;
    check_refused(large, ErrorCode::DecryptFailed, 1);
}

TEST_CASE("decrypt: CBC content that is empty or not in whole blocks is a BadMessage") {
    auto message = crafted(ContentCipher::Aes256Cbc);
    message.content.pop_back();
    check_refused(message.encode(), ErrorCode::BadMessage);
    message.content.clear();
    check_refused(message.encode(), ErrorCode::BadMessage);
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

TEST_CASE("decrypt: AuthEnvelopedData of another version than 0 is a BadMessage (RFC 5083 §2.1)") {
    auto message = crafted();
    message.version = 1;
    check_refused(message.encode(), ErrorCode::BadMessage);
}

TEST_CASE("decrypt: a signed message is a BadMessage that says so") {
    const TemporaryFolder folder;
    for (const std::string form : {"DER", "PEM", "SMIME"})
        for (const std::string opaque : {"-nodetach", "-binary"}) {
            const auto signed_message = run_program({"openssl", "cms", "-sign", opaque, "-outform", form, "-signer",
                                                     folder.write("certificate.pem", pem_of(ada().certificate)),
                                                     "-inkey", folder.write("key.pem", pem_of(ada().key))},
                                                    bytes_of("Content-Type: text/plain\r\n\r\nhello\r\n"));
            REQUIRE(signed_message.status == 0);
            const auto outcome = decrypt_with({&ada()}, signed_message.output);
            CHECK(outcome.finished.code == ErrorCode::BadMessage);
            CHECK_THAT(outcome.finished.message, ContainsSubstring("signed"));
        }
}
