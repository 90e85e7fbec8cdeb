// SPDX-License-Identifier: LGPL-2.1-or-later
// Content encryption: which algorithm a message names (RFC 3565, RFC 5084, RFC 8103, RFC 3370), and the cipher at work.
#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "cms/openssl.hpp"

namespace cardseal::cms {

inline constexpr size_t longest_tag = 16;

struct ContentAlgorithm {
    const EVP_CIPHER* cipher = nullptr;
    std::string name;  ///< "aes-256-cbc"
    bool aead = false;
    size_t key_length = 0;  ///< bytes
    size_t block_size = 1;  ///< bytes; 1 for AEAD
    size_t tag_length = 0;  ///< bytes; 0 without AEAD
    Bytes nonce;            ///< or initialisation vector
};

enum class EnvelopeKind { Enveloped, AuthEnveloped };

/// What an AlgorithmIdentifier says. BadMessage for malformed parameters (a nonce that is not 12 bytes, a tag of less
/// than 12 or more than 16) and for a cipher that this kind of envelope must not have; UnsupportedAlgorithm for others.
ContentAlgorithm read_content_algorithm(const X509_ALGOR* identifier, EnvelopeKind kind);

/// "aes-256-cbc"; empty for what no message may be encrypted with here.
std::string name_of_content_cipher(const ASN1_OBJECT* object);

/// A fresh nonce, and the full tag.
ContentAlgorithm make_content_algorithm(ContentCipher cipher);
/// Its AlgorithmIdentifier in DER.
Bytes der_of(const ContentAlgorithm& algorithm);

/// One content, encrypted piece by piece.
class ContentEncryptor {
public:
    ContentEncryptor(const ContentAlgorithm& algorithm, const Secret& key);
    /// The ciphertext that is ready; valid until the next call.
    ByteView update(ByteView plaintext);
    ByteView finish();
    /// After finish().
    Bytes tag() const;

private:
    const ContentAlgorithm& algorithm_;
    CipherContext context_;
    Bytes out_;
};

/// One content, decrypted piece by piece. What it returns is not authentic before good_end() says so.
class ContentDecryptor {
public:
    ContentDecryptor(const ContentAlgorithm& algorithm, const Secret& key, ByteView authenticated);
    ~ContentDecryptor();
    ContentDecryptor(const ContentDecryptor&) = delete;
    ContentDecryptor& operator=(const ContentDecryptor&) = delete;

    /// The plaintext of the piece, padding included; valid until the next call. CBC takes whole blocks.
    ByteView update(ByteView ciphertext);
    /// AEAD: whether the tag is right.
    bool good_end(ByteView tag);

private:
    CipherContext context_;
    Bytes out_;
};

/// Length of the padding (RFC 5652 §6.3) at the end of a last block; 0 if it is wrong. The time does not depend on the
/// bytes.
size_t padding_length(ByteView last_block);

}  // namespace cardseal::cms
