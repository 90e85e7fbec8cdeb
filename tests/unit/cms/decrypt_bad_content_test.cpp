// SPDX-License-Identifier: LGPL-2.1-or-later
// The decrypt job on bad encrypted content: rows of BAD_INPUT, one answer each, and nothing on the output.
#include "bad_input_fixture.hpp"
#include "cms/ber_writer.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

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

}  // namespace

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
