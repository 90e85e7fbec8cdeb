// SPDX-License-Identifier: LGPL-2.1-or-later
// A request job: has a key sign a request for its certificate.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

constexpr const char* purpose = "sign a certificate request";

class RequestJob final : public Job {
public:
    RequestJob(const JobServices& services, JobId id, JobOwner owner, RequestCertificateRequest request)
        : Job(services, id, JobKind::RequestCertificate, std::move(owner), {}), request_(std::move(request)) {}

private:
    void prepare() override {
        look_up([this] {
            const auto keys = services().modules.keys();
            const auto chosen = request_.key.empty()
                                    ? only_uncertified_key(keys)
                                    : select_key(keys, services().modules.tokens(), request_.key, Usage::Any, now());
            key_ = chosen.key->reference;
            make_ready(key_, purpose,
                       [this] { authorize(key_, purpose, [this](Turn turn) { sign(std::move(turn)); }); });
        });
    }

    void sign(Turn turn) {
        AuditRecord record{"request", key_.key.value, audit_digest(ipc::encode(request_.fields)), ErrorCode::None};
        auto told = audited<ipc::Packet>(std::move(record), key_.token, step([this](Outcome<ipc::Packet> outcome) {
                                             if (const auto* error = error_of(outcome)) throw Error(*error);
                                             const auto& packet = std::get<ipc::Packet>(outcome);
                                             made_ = ipc::decode<ipc::CertificateRequest>(packet.payload);
                                             finish();
                                         }));
        services()
            .modules.module_of(key_.token)
            .worker()
            .sign_certificate_request(id(), {key_, request_.fields, std::move(turn.prompt)}, std::move(turn.pinentry),
                                      std::move(told));
    }

    void complete(JobResult& result) override {
        result.key = key_.key.value;
        result.certificate_request = std::move(made_.der);
    }

    RequestCertificateRequest request_;
    KeyReference key_;
    ipc::CertificateRequest made_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, RequestCertificateRequest request,
                              JobFiles) {
    return std::make_shared<RequestJob>(services, id, std::move(owner), std::move(request));
}

}  // namespace cardseal::broker
