// SPDX-License-Identifier: LGPL-2.1-or-later
// The request loop of a CMS worker: one job at a time, each ended with Finished.
#include "cms/serve.hpp"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
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
    ipc::Finished (*run)(ipc::Packet& packet, JobLink& link);
    Afterwards afterwards;
};

template <class Job, ipc::Finished (*Run)(const Job&, JobFiles, JobLink&)>
ipc::Finished run_packet(ipc::Packet& packet, JobLink& link) {
    return Run(ipc::decode<Job>(packet.payload), std::move(packet.descriptors), link);
}

constexpr JobKind job_kinds[] = {
    {MessageType::SignJob, run_packet<ipc::SignJob, run_sign>, Afterwards::ServeAgain},
    {MessageType::VerifyJob, run_packet<ipc::VerifyJob, run_verify>, Afterwards::End},
    {MessageType::EncryptJob, run_packet<ipc::EncryptJob, run_encrypt>, Afterwards::End},
    {MessageType::DecryptJob, run_packet<ipc::DecryptJob, run_decrypt>, Afterwards::End},
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

ipc::Finished run_caught(const JobKind& kind, ipc::Packet& packet, JobLink& link) {
    try {
        return kind.run(packet, link);
    } catch (const Error& error) {
        return failed(error.code(), error.message());
    } catch (const std::bad_alloc&) {
        return failed(ErrorCode::LimitExceeded, "cannot process the message: out of memory");
    }
}

}  // namespace

void serve_jobs(ipc::Channel broker) {
    ipc::NoPacket reason;
    while (auto packet = broker.receive(ipc::Waiting::Block, reason)) {
        const auto& kind = kind_of(*packet);
        const auto job = packet->header.job;
        JobLink link(broker, job);
        auto finished = run_caught(kind, *packet, link);
        packet->descriptors.clear();
        (void)broker.send({.type = MessageType::Finished, .job = job}, ipc::encode(std::move(finished)), {},
                          ipc::Waiting::Block);
        if (kind.afterwards == Afterwards::End) return;
    }
}

void warm_up() {
    OpenSSL_add_all_algorithms();
    uint8_t bytes[64];
    RAND_bytes(bytes, sizeof bytes);
    for (const auto* digest : {EVP_sha256(), EVP_sha384(), EVP_sha512()})
        EVP_Digest(bytes, sizeof bytes, bytes, nullptr, digest, nullptr);
    X509_free(X509_new());
    tzset();  // gmtime() reads /etc/localtime the first time, which a worker may not
}

}  // namespace cardseal::cms
