// SPDX-License-Identifier: LGPL-2.1-or-later
// The request loop of a CMS worker: one job at a time, each ended with Finished.
#include "cms/serve.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <ctime>
#include <new>

#include "cms/jobs.hpp"

namespace cardseal::cms {

namespace {

using ipc::MessageType;

enum class Afterwards { ServeAgain, End };

struct JobKind {
    MessageType type;
    ipc::Finished (*run)(ipc::Packet& packet, JobLink& link, KnownCertificates& known);
    Afterwards afterwards;
};

template <class Job, ipc::Finished (*Run)(const Job&, JobFiles, JobLink&)>
ipc::Finished run_packet(ipc::Packet& packet, JobLink& link, KnownCertificates&) {
    return Run(ipc::decode<Job>(packet.payload), std::move(packet.descriptors), link);
}

ipc::Finished run_sign_packet(ipc::Packet& packet, JobLink& link, KnownCertificates& known) {
    return run_sign(ipc::decode<ipc::SignJob>(packet.payload), std::move(packet.descriptors), link, known);
}

constexpr JobKind job_kinds[] = {
    {MessageType::SignJob, run_sign_packet, Afterwards::ServeAgain},
    {MessageType::VerifyJob, run_packet<ipc::VerifyJob, run_verify>, Afterwards::End},
    {MessageType::EncryptJob, run_packet<ipc::EncryptJob, run_encrypt>, Afterwards::End},
    {MessageType::DecryptJob, run_packet<ipc::DecryptJob, run_decrypt>, Afterwards::End},
    {MessageType::DecompressJob, run_packet<ipc::DecompressJob, run_decompress>, Afterwards::End},
    {MessageType::CertificatesJob, run_packet<ipc::CertificatesJob, run_certificates>, Afterwards::End},
    {MessageType::InspectJob, run_packet<ipc::InspectJob, run_inspect>, Afterwards::End},
};

const JobKind& kind_of(const ipc::Packet& packet) {
    for (const auto& kind : job_kinds)
        if (kind.type == packet.header.type) return kind;
    throw Error(ErrorCode::Internal, "malformed internal message");
}

ipc::Finished failed(ErrorCode code, std::string message) {
    ipc::Finished finished;
    finished.code = code;
    finished.message = std::move(message);
    return finished;
}

ipc::Finished run_caught(const JobKind& kind, ipc::Packet& packet, JobLink& link, KnownCertificates& known) {
    try {
        return kind.run(packet, link, known);
    } catch (const Error& error) {
        return failed(error.code(), error.message());
    } catch (const std::bad_alloc&) {
        return failed(ErrorCode::LimitExceeded, "cannot process the message: out of memory");
    }
}

Bytes encoded_result(ipc::Finished finished) {
    try {
        return ipc::encode(std::move(finished));
    } catch (const Error& error) {  // a message can say more about itself than a result holds
        return ipc::encode(failed(error.code(), "cannot process the message: it says too much about itself"));
    }
}

}  // namespace

void serve_jobs(ipc::Channel broker) {
    ipc::NoPacket reason;
    KnownCertificates known;
    while (auto packet = broker.receive(ipc::Waiting::Block, reason)) {
        const auto& kind = kind_of(*packet);
        const auto job = packet->header.job;
        JobLink link(broker, job);
        const auto finished = encoded_result(run_caught(kind, *packet, link, known));
        packet->descriptors.clear();
        (void)broker.send({.type = MessageType::Finished, .job = job}, finished, {}, ipc::Waiting::Block);
        if (kind.afterwards == Afterwards::End) return;
    }
}

namespace {

void warm_up_decoding(EVP_PKEY* made) {
    const PublicKey key(made);
    (void)decoded<EVP_PKEY, EVP_PKEY_free, d2i_PUBKEY>(encoded<i2d_PUBKEY>(key.get()));
}

}  // namespace

void warm_up() {
    OpenSSL_add_all_algorithms();
    uint8_t bytes[64] = {};
    RAND_bytes(bytes, sizeof bytes);
    RAND_priv_bytes(bytes, sizeof bytes);
    for (const auto* digest : {EVP_sha256(), EVP_sha384(), EVP_sha512()})
        EVP_Digest(bytes, sizeof bytes, bytes, nullptr, digest, nullptr);
    for (const auto* cipher : {EVP_aes_256_ctr(), EVP_aes_256_cbc(), EVP_aes_128_cbc(), EVP_aes_256_gcm()}) {
        const CipherContext context(EVP_CIPHER_CTX_new());
        EVP_DecryptInit_ex(context.get(), cipher, nullptr, bytes, bytes);
    }
    X509_free(X509_new());
    // Any keys: what counts is that the decoders of certificates' keys have been found once.
    constexpr unsigned quickest_rsa = 512;
    warm_up_decoding(EVP_RSA_gen(quickest_rsa));
    warm_up_decoding(EVP_EC_gen("P-256"));
    tzset();  // gmtime() reads /etc/localtime the first time, which a worker may not
}

}  // namespace cardseal::cms
