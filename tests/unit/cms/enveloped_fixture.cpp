// SPDX-License-Identifier: LGPL-2.1-or-later
// Encrypting and decrypting in a test: the jobs on memory files, the openssl command beside them, and messages made by
// hand.
#include "enveloped_fixture.hpp"

#include <map>

#include "cms/ber_writer.hpp"
#include "ipc/blob_file.hpp"

namespace cardseal::cms::test {

const Identity& recipient(TestKey kind) {
    static const auto authority = make_ca();
    static std::map<TestKey, Identity> identities;
    if (!identities.contains(kind))
        identities.emplace(kind, issue(authority, kind, {.serial = 100 + static_cast<uint64_t>(kind)}));
    return identities.at(kind);
}

const Identity& stranger() {
    static const auto authority = make_ca("Another CA");
    static const auto identity = issue(authority, TestKey::Rsa2048);
    return identity;
}

Bytes sample_content(size_t size) {
    Bytes content(size);
    uint32_t state = 12345;
    for (auto& byte : content) {
        state = state * 1103515245 + 12345;
        byte = static_cast<uint8_t>(state >> 16);
    }
    return content;
}

namespace {

template <class Run>
JobOutcome outcome_of(const JobHarness& harness, const FileDescriptor& output, Run run) {
    JobOutcome outcome;
    try {
        outcome.finished = run();
    } catch (const Error& error) {
        outcome.finished.code = error.code();
        outcome.finished.message = error.message();
    }
    outcome.output = content_of(output);
    outcome.requests = harness.requests();
    return outcome;
}

JobFiles files(FileDescriptor first, FileDescriptor second) {
    JobFiles result;
    result.push_back(std::move(first));
    result.push_back(std::move(second));
    return result;
}

}  // namespace

JobOutcome encrypt_to(const std::vector<Bytes>& blobs, ByteView content, const EncryptOptions& options) {
    JobHarness harness;
    const auto output = empty_file();
    const ipc::EncryptJob job{.form = options.form,
                              .profile = options.profile,
                              .has_cipher = options.cipher.has_value(),
                              .has_rsa_transport = options.rsa_transport.has_value(),
                              .cipher = options.cipher.value_or(ContentCipher::Aes256Cbc),
                              .rsa_transport = options.rsa_transport.value_or(KeyTransport::Pkcs1),
                              .origin = ipc::InputOrigin::Foreign,
                              .encryption_time = static_cast<uint64_t>(now),
                              .originators = options.originators,
                              .addresses = options.addresses};
    return outcome_of(harness, output, [&] {
        auto given = files(file_with(content), output.duplicate());
        given.push_back(ipc::make_blob_file("recipients", blobs));
        given.push_back(folder_file(options.folders));
        given.push_back(ipc::make_blob_file("anchors", options.anchors));
        given.push_back(ipc::make_blob_file("crls", options.crls));
        return harness.encrypt(job, std::move(given));
    });
}

Bytes encrypted_to(const std::vector<const Identity*>& recipients, ByteView content, const EncryptOptions& options) {
    std::vector<Bytes> blobs;
    for (const auto* identity : recipients) blobs.push_back(identity->certificate.der());
    auto outcome = encrypt_to(blobs, content, options);
    if (outcome.finished.code != ErrorCode::None) throw Error(outcome.finished.code, outcome.finished.message);
    return outcome.output;
}

JobOutcome decrypt_with(const std::vector<const Identity*>& identities, ByteView message, ipc::InputForm form) {
    JobHarness harness(identities);
    const auto output = empty_file();
    return outcome_of(harness, output, [&] {
        return harness.decrypt({form, ipc::InputOrigin::Foreign}, files(file_with(message), output.duplicate()));
    });
}

JobOutcome decompress(ByteView message, ipc::InputForm form) {
    JobHarness harness;
    const auto output = empty_file();
    return outcome_of(harness, output, [&] {
        return harness.decompress({form, ipc::InputOrigin::Foreign}, files(file_with(message), output.duplicate()));
    });
}

Bytes openssl_encrypt(const Identity& identity, ByteView content, const std::vector<std::string>& arguments,
                      const std::vector<std::string>& recipient_arguments) {
    const TemporaryFolder folder;
    std::vector<std::string> command{"openssl", "cms", "-encrypt", "-binary"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    command.insert(command.end(), {"-recip", folder.write("recipient.pem", pem_of(identity.certificate))});
    command.insert(command.end(), recipient_arguments.begin(), recipient_arguments.end());
    auto result = run_program(command, content);
    if (result.status != 0) throw Error(ErrorCode::Internal, "openssl cms -encrypt failed");
    return result.output;
}

ProgramResult openssl_decrypt(const Identity& identity, ByteView message, const std::string& form) {
    const TemporaryFolder folder;
    return run_program({"openssl", "cms", "-decrypt", "-binary", "-inform", form, "-recip",
                        folder.write("recipient.pem", pem_of(identity.certificate)), "-inkey",
                        folder.write("key.pem", pem_of(identity.key))},
                       message);
}

Bytes CraftedMessage::encode() const {
    constexpr uint8_t sequence = 0x30, set = 0x31, context_0 = 0xa0, context_1 = 0xa1;
    const int type = kind == EnvelopeKind::Enveloped ? NID_pkcs7_enveloped : NID_id_smime_ct_authEnvelopedData;
    Bytes infos;
    for (const auto& info : recipient_infos) infos.insert(infos.end(), info.begin(), info.end());
    Bytes before{V_ASN1_INTEGER, 1, version};
    const auto set_of_infos = der_value(set, infos);
    before.insert(before.end(), set_of_infos.begin(), set_of_infos.end());
    auto content_start = encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(NID_pkcs7_data));
    content_start.insert(content_start.end(), algorithm.begin(), algorithm.end());
    MemorySink out;
    BerWriter writer(out,
                     {{sequence, encoded<i2d_ASN1_OBJECT>(OBJ_nid2obj(type))},
                      {context_0, {}},
                      {sequence, before},
                      {sequence, content_start}},
                     OctetStringTag::Context0);
    writer.write(content);
    std::vector<Bytes> after(4);
    if (!attributes.empty()) after[2] = der_value(context_1, attributes);
    const auto mac = der_value(V_ASN1_OCTET_STRING, tag);
    if (kind == EnvelopeKind::AuthEnveloped) after[2].insert(after[2].end(), mac.begin(), mac.end());
    writer.finish(after);
    return out.take();
}

CraftedMessage craft(ContentCipher cipher, const Secret& key, ByteView content) {
    const auto algorithm = make_content_algorithm(cipher);
    ContentEncryptor encryptor(algorithm, key);
    CraftedMessage message;
    message.kind = algorithm.aead ? EnvelopeKind::AuthEnveloped : EnvelopeKind::Enveloped;
    message.algorithm = der_of(algorithm);
    message.content = to_bytes(encryptor.update(content));
    const auto rest = encryptor.finish();
    message.content.insert(message.content.end(), rest.begin(), rest.end());
    if (algorithm.aead) message.tag = encryptor.tag();
    return message;
}

CraftedMessage craft_with_attributes(const Secret& key, ByteView content, ByteView attributes) {
    const auto algorithm = make_content_algorithm(ContentCipher::Aes256Gcm);
    const auto authenticated = der_value(0x31, attributes);
    const CipherContext context(EVP_CIPHER_CTX_new());
    CraftedMessage message{.kind = EnvelopeKind::AuthEnveloped,
                           .recipient_infos = {},
                           .algorithm = der_of(algorithm),
                           .content = Bytes(content.size()),
                           .attributes = to_bytes(attributes),
                           .tag = Bytes(algorithm.tag_length)};
    int size = 0;
    const bool good = EVP_EncryptInit_ex(context.get(), algorithm.cipher, nullptr, key.reveal().data(),
                                         algorithm.nonce.data()) == 1 &&
                      EVP_EncryptUpdate(context.get(), nullptr, &size, authenticated.data(),
                                        static_cast<int>(authenticated.size())) == 1 &&
                      EVP_EncryptUpdate(context.get(), message.content.data(), &size, content.data(),
                                        static_cast<int>(content.size())) == 1 &&
                      EVP_EncryptFinal_ex(context.get(), nullptr, &size) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(message.tag.size()),
                                          message.tag.data()) == 1;
    require(good, ErrorCode::Internal, "test encryption");
    return message;
}

Secret key_of_size(size_t size) { return Secret::copy_of(Bytes(size, 0x5a)); }

Bytes recipient_info(const Identity& identity, const Secret& content_key, KeyTransport transport) {
    return encoded<asn1::i2d_RecipientInfo>(make_recipient_info(identity.certificate, transport, content_key).get());
}

Bytes recipient_info_with(const Identity& identity, ByteView encrypted_key) {
    const auto info = make_recipient_info(identity.certificate, KeyTransport::Pkcs1, key_of_size(32));
    ASN1_OCTET_STRING_set(info->value.key_transport->encrypted_key, encrypted_key.data(),
                          static_cast<int>(encrypted_key.size()));
    return encoded<asn1::i2d_RecipientInfo>(info.get());
}

}  // namespace cardseal::cms::test
