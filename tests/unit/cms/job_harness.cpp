// SPDX-License-Identifier: LGPL-2.1-or-later
// JobHarness: runs a CMS job over a real channel against a broker of this test's, whose keys are software keys.
#include "job_harness.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <sys/socket.h>
#include <unistd.h>
#include <thread>

#include "ipc/blob_file.hpp"

namespace cardseal::cms::test {

namespace {

void check(bool good) { require(good, ErrorCode::Internal, "test key operation"); }

Bytes random_bytes(size_t size) {
    Bytes bytes(size);
    check(RAND_bytes(bytes.data(), static_cast<int>(size)) == 1);
    return bytes;
}

template <class Message>
void send_answer(const ipc::Channel& channel, const ipc::Packet& question, ipc::MessageType type, Message message,
                 std::vector<int> descriptors = {}) {
    const ipc::Header header{.type = type, .request = question.header.request, .job = question.header.job};
    channel.send(header, ipc::encode(std::move(message)), descriptors, ipc::Waiting::Block);
}

bool names(const ipc::RecipientIdentifier& identifier, const Certificate& certificate) {
    if (identifier.kind == ipc::RecipientIdentifierKind::SubjectKeyIdentifier)
        return identifier.value == certificate.subject_key_identifier();
    return identifier.value == digest_of(Digest::Sha256, certificate.issuer_and_serial());
}

Bytes agreed_secret(EVP_PKEY* key, ByteView point) {
    const PublicKey peer(EVP_PKEY_new());
    check(EVP_PKEY_copy_parameters(peer.get(), key) == 1);
    check(EVP_PKEY_set1_encoded_public_key(peer.get(), point.data(), point.size()) == 1);
    const PublicKeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    size_t size = 0;
    check(EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), peer.get()) == 1);
    check(EVP_PKEY_derive(context.get(), nullptr, &size) == 1);
    Bytes secret(size);
    check(EVP_PKEY_derive(context.get(), secret.data(), &size) == 1);
    return secret;
}

Bytes run_kdf(const ipc::AgreeKey& request, Bytes secret) {
    const bool hkdf = request.derivation == ipc::KeyDerivation::Hkdf;
    const Owned<EVP_KDF, EVP_KDF_free> kdf(EVP_KDF_fetch(nullptr, hkdf ? "HKDF" : "X963KDF", nullptr));
    const Owned<EVP_KDF_CTX, EVP_KDF_CTX_free> context(EVP_KDF_CTX_new(kdf.get()));
    std::string name = EVP_MD_get0_name(message_digest(request.kdf_hash));
    auto info = request.shared_info, salt = request.salt;
    const OSSL_PARAM end = OSSL_PARAM_construct_end();
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
        salt.empty() ? end : OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()), end};
    Bytes key(request.key_length);
    check(EVP_KDF_derive(context.get(), key.data(), key.size(), parameters) == 1);
    return key;
}

KeyType type_of(EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return KeyType::Rsa;
        case EVP_PKEY_X25519:
            return KeyType::X25519;
        default:
            return KeyType::Ec;
    }
}

}  // namespace

ipc::Finished JobHarness::run(const std::function<ipc::Finished(JobLink&)>& job) {
    auto sockets = make_packet_sockets();
    const ipc::Channel broker_end(std::move(sockets.ours)), worker_end(std::move(sockets.theirs));
    std::jthread broker([&] { serve(broker_end); });
    // The broker's thread ends when it sees the other end gone, however the job ends.
    struct HangUp {
        const ipc::Channel& channel;
        ~HangUp() { shutdown(channel.descriptor(), SHUT_RDWR); }
    } hang_up{worker_end};
    JobLink link(worker_end, JobId{1});
    return job(link);
}

void JobHarness::serve(const ipc::Channel& channel) {
    ipc::NoPacket reason;
    while (const auto packet = channel.receive(ipc::Waiting::Block, reason)) {
        try {
            answer(channel, *packet);
        } catch (const Error& error) {
            send_answer(channel, *packet, ipc::MessageType::Failure, ipc::Failure{error.code(), error.message()});
        }
    }
}

void JobHarness::answer(const ipc::Channel& channel, const ipc::Packet& packet) {
    using ipc::MessageType;
    switch (packet.header.type) {
        case MessageType::SignAttributes:
            return send_answer(channel, packet, MessageType::Signature,
                               ipc::Signature{sign_attributes(ipc::decode<ipc::SignerAttributes>(packet.payload))});
        case MessageType::ChooseRecipient:
            return send_answer(channel, packet, MessageType::ChosenRecipient,
                               choose(ipc::decode<ipc::ChooseRecipient>(packet.payload)));
        case MessageType::UnwrapContentKey:
            return send_answer(channel, packet, MessageType::SymmetricKey,
                               ipc::SymmetricKey{unwrap(ipc::decode<ipc::UnwrapContentKey>(packet.payload))});
        case MessageType::AgreeKey:
            return send_answer(channel, packet, MessageType::SymmetricKey,
                               ipc::SymmetricKey{agree(ipc::decode<ipc::AgreeKey>(packet.payload))});
        case MessageType::OpenSpool: {
            ++requests_.spools;
            const auto spool = empty_file();
            return send_answer(channel, packet, MessageType::SpoolFile, ipc::Empty{}, {spool.get()});
        }
        case MessageType::Progress:
            ++requests_.progress;
            return;
        case MessageType::Learned:
            learned_.push_back(ipc::decode<ipc::Learned>(packet.payload));
            return;
        case MessageType::CertificateFound:
            found_.push_back(ipc::decode<ipc::CertificateFound>(packet.payload));
            return;
        case MessageType::CertificateJudged:
            judged_.push_back(ipc::decode<ipc::CertificateJudged>(packet.payload));
            return;
        default:
            throw Error(ErrorCode::AccessDenied, "the job may not ask for this");
    }
}

void JobHarness::require_key_permission() const {
    if (refusal_) throw Error(refusal_->code, refusal_->message);
}

Bytes JobHarness::sign_attributes(const ipc::SignerAttributes& request) {
    ++requests_.signatures;
    require_key_permission();
    signed_attributes_.push_back(request.operation);
    auto* key = identities_.at(request.signer)->key.get();
    const auto& operation = request.operation;
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* key_context = nullptr;
    const bool edwards = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    check(EVP_DigestSignInit(context.get(), &key_context, edwards ? nullptr : message_digest(operation.digest), nullptr,
                             key) == 1);
    if (operation.padding == SignaturePadding::Pss) {
        check(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1);
        check(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1);
    }
    size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, operation.attributes.data(), operation.attributes.size()) == 1);
    Bytes signature(size);
    check(EVP_DigestSign(context.get(), signature.data(), &size, operation.attributes.data(),
                         operation.attributes.size()) == 1);
    signature.resize(size);
    if (change_signature_) change_signature_(signature);
    return signature;
}

ipc::ChosenRecipient JobHarness::choose(const ipc::ChooseRecipient& request) {
    ++requests_.choices;
    offered_ = request.recipients;
    for (uint32_t index = 0; index < request.recipients.size(); ++index)
        for (const auto* identity : identities_)
            if (names(request.recipients[index], identity->certificate)) {
                chosen_ = identity;
                return {index, type_of(identity->key.get()), identity->certificate.der()};
            }
    throw Error(ErrorCode::NoMatchingKey, "no key of the message's recipients is present");
}

Bytes JobHarness::unwrap(const ipc::UnwrapContentKey& request) {
    ++requests_.unwraps;
    require_key_permission();
    const PublicKeyContext context(EVP_PKEY_CTX_new(chosen_->key.get(), nullptr));
    check(EVP_PKEY_decrypt_init(context.get()) == 1);
    const bool oaep = request.transport == KeyTransport::Oaep;
    check(EVP_PKEY_CTX_set_rsa_padding(context.get(), oaep ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) == 1);
    if (oaep) {
        check(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), message_digest(request.oaep_hash)) == 1);
        check(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), message_digest(request.mgf_hash)) == 1);
        if (!request.oaep_label.empty()) {
            auto* label = OPENSSL_memdup(request.oaep_label.data(), request.oaep_label.size());
            check(EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), label, static_cast<int>(request.oaep_label.size())) ==
                  1);
        }
    }
    Bytes key(ipc::max_rsa_block);
    size_t size = key.size();
    const bool opened =
        EVP_PKEY_decrypt(context.get(), key.data(), &size, request.ciphertext.data(), request.ciphertext.size()) == 1;
    forget_openssl_errors();
    // As the token worker does: what is no key of that length becomes a key that opens nothing.
    if (!opened || size != request.key_length) return random_bytes(request.key_length);
    key.resize(size);
    return key;
}

Bytes JobHarness::agree(const ipc::AgreeKey& request) {
    ++requests_.agreements;
    require_key_permission();
    return run_kdf(request, agreed_secret(chosen_->key.get(), request.ephemeral_point));
}

FileDescriptor folder_file(const std::vector<ipc::StoredCertificate>& certificates) {
    std::vector<Bytes> blobs;
    for (const auto& certificate : certificates) blobs.push_back(ipc::encode(certificate));
    return ipc::make_blob_file("certificates", blobs);
}

FileDescriptor empty_file() { return make_memory_file("cardseal-test"); }

FileDescriptor file_with(ByteView content) {
    auto file = empty_file();
    write_all(file.get(), content);
    lseek(file.get(), 0, SEEK_SET);
    return file;
}

Bytes content_of(const FileDescriptor& file) { return read_file(file, size_t{1} << 30); }

}  // namespace cardseal::cms::test
