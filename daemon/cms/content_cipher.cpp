// SPDX-License-Identifier: LGPL-2.1-or-later
// The content cipher at work.
#include "cms/content_cipher.hpp"

namespace cardseal::cms {

static constexpr const char* cannot_encrypt = "cannot encrypt the content";
static constexpr const char* cannot_decrypt = "cannot decrypt the content";

ContentEncryptor::ContentEncryptor(const ContentAlgorithm& algorithm, const Secret& key)
    : algorithm_(algorithm), context_(EVP_CIPHER_CTX_new()) {
    require(context_ && EVP_EncryptInit_ex(context_.get(), algorithm.cipher, nullptr, key.reveal().data(),
                                           algorithm.nonce.data()) == 1,
            ErrorCode::Internal, cannot_encrypt);
}

ByteView ContentEncryptor::update(ByteView plaintext) {
    out_.resize(plaintext.size() + EVP_MAX_BLOCK_LENGTH);
    int size = 0;
    require(EVP_EncryptUpdate(context_.get(), out_.data(), &size, plaintext.data(),
                              static_cast<int>(plaintext.size())) == 1,
            ErrorCode::Internal, cannot_encrypt);
    return ByteView(out_).first(static_cast<size_t>(size));
}

ByteView ContentEncryptor::finish() {
    out_.resize(EVP_MAX_BLOCK_LENGTH);
    int size = 0;
    require(EVP_EncryptFinal_ex(context_.get(), out_.data(), &size) == 1, ErrorCode::Internal, cannot_encrypt);
    return ByteView(out_).first(static_cast<size_t>(size));
}

Bytes ContentEncryptor::tag() const {
    Bytes tag(algorithm_.tag_length);
    require(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()) == 1,
            ErrorCode::Internal, cannot_encrypt);
    return tag;
}

ContentDecryptor::ContentDecryptor(const ContentAlgorithm& algorithm, const Secret& key, ByteView authenticated)
    : context_(EVP_CIPHER_CTX_new()) {
    require(context_ && EVP_DecryptInit_ex(context_.get(), algorithm.cipher, nullptr, key.reveal().data(),
                                           algorithm.nonce.data()) == 1,
            ErrorCode::Internal, cannot_decrypt);
    // The padding is judged by padding_length(): OpenSSL would keep back the last block.
    EVP_CIPHER_CTX_set_padding(context_.get(), 0);
    int size = 0;
    if (!authenticated.empty())
        require(EVP_DecryptUpdate(context_.get(), nullptr, &size, authenticated.data(),
                                  static_cast<int>(authenticated.size())) == 1,
                ErrorCode::Internal, cannot_decrypt);
}

ContentDecryptor::~ContentDecryptor() { wipe(out_); }

ByteView ContentDecryptor::update(ByteView ciphertext) {
    if (out_.size() < ciphertext.size() + EVP_MAX_BLOCK_LENGTH) {
        wipe(out_);
        out_.resize(ciphertext.size() + EVP_MAX_BLOCK_LENGTH);
    }
    int size = 0;
    require(EVP_DecryptUpdate(context_.get(), out_.data(), &size, ciphertext.data(),
                              static_cast<int>(ciphertext.size())) == 1,
            ErrorCode::Internal, cannot_decrypt);
    return ByteView(out_).first(static_cast<size_t>(size));
}

bool ContentDecryptor::good_end(ByteView tag) {
    auto expected = to_bytes(tag);
    int size = 0;
    uint8_t rest[EVP_MAX_BLOCK_LENGTH];
    const bool good = EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(expected.size()),
                                          expected.data()) == 1 &&
                      EVP_DecryptFinal_ex(context_.get(), rest, &size) == 1;
    forget_openssl_errors();
    return good;
}

size_t padding_length(ByteView last_block) {
    const unsigned length = last_block.back();
    unsigned wrong = (length - 1) / last_block.size() != 0;  // 0, or more than a block
    for (size_t i = 0; i < last_block.size(); ++i) {
        const unsigned in_padding = 0u - static_cast<unsigned>(last_block.size() - i <= length);
        wrong |= (last_block[i] ^ length) & in_padding;
    }
    return wrong ? 0 : length;
}

}  // namespace cardseal::cms
