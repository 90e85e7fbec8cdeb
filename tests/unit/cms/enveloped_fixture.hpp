// SPDX-License-Identifier: LGPL-2.1-or-later
// Encrypting and decrypting in a test: the jobs on memory files, the openssl command beside them, and messages made by
// hand.
#pragma once

#include "cms/content_cipher.hpp"
#include "cms/recipient_writer.hpp"
#include "job_harness.hpp"

namespace cardseal::cms::test {

/// Made once for the process, never changed.
const Identity& recipient(TestKey kind);
/// Another RSA key that no message is for.
const Identity& stranger();

/// Text of that size that compresses and repeats badly.
Bytes sample_content(size_t size);

struct EncryptOptions {
    ipc::OutputForm form = ipc::OutputForm::Der;
    std::optional<ContentCipher> cipher = std::nullopt;
    std::optional<KeyTransport> rsa_transport = std::nullopt;
    ipc::EncryptionProfile profile = ipc::EncryptionProfile::Compatible;
    std::vector<std::string> addresses = {};
    std::vector<ipc::StoredCertificate> folders = {};
    std::vector<Bytes> anchors = {}, crls = {};
    uint32_t originators = 0;  ///< how many of the blobs, at their end, are the sender's own
};

struct JobOutcome {
    ipc::Finished finished;  ///< its code says if the job failed
    Bytes output;
    Requests requests;
};

/// The encrypt job; `blobs` are the recipients as the caller would give them.
JobOutcome encrypt_to(const std::vector<Bytes>& blobs, ByteView content, const EncryptOptions& options = {});
Bytes encrypted_to(const std::vector<const Identity*>& recipients, ByteView content,
                   const EncryptOptions& options = {});

/// The decrypt job with those keys present.
JobOutcome decrypt_with(const std::vector<const Identity*>& identities, ByteView message,
                        ipc::InputForm form = ipc::InputForm::Auto);

/// The decompress job.
JobOutcome decompress(ByteView message, ipc::InputForm form = ipc::InputForm::Auto);

/// `openssl cms -encrypt`; `arguments` come before the certificate, `recipient_arguments` after it.
Bytes openssl_encrypt(const Identity& recipient, ByteView content, const std::vector<std::string>& arguments,
                      const std::vector<std::string>& recipient_arguments = {});
/// `openssl cms -decrypt`; empty content if it fails.
ProgramResult openssl_decrypt(const Identity& identity, ByteView message, const std::string& form);

/// A message whose every part can be chosen.
struct CraftedMessage {
    EnvelopeKind kind = EnvelopeKind::Enveloped;
    uint8_t version = 0;
    std::vector<Bytes> recipient_infos;  ///< DER
    Bytes algorithm;                     ///< DER AlgorithmIdentifier
    Bytes content;
    Bytes attributes;  ///< DER of the authenticated Attributes, one after the other
    Bytes tag;

    Bytes encode() const;
};

/// The content encrypted with that key for nobody yet.
CraftedMessage craft(ContentCipher cipher, const Secret& key, ByteView content);
/// The same with AES-GCM and authenticated attributes.
CraftedMessage craft_with_attributes(const Secret& key, ByteView content, ByteView attributes);
Secret key_of_size(size_t size);
Bytes recipient_info(const Identity& identity, const Secret& content_key, KeyTransport transport = KeyTransport::Pkcs1);
/// An RSA recipient with that encrypted key.
Bytes recipient_info_with(const Identity& identity, ByteView encrypted_key);

}  // namespace cardseal::cms::test
