// SPDX-License-Identifier: LGPL-2.1-or-later
// A generate job: makes a key on a token.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

class GenerateJob final : public Job {
public:
    GenerateJob(const JobServices& services, JobId id, JobOwner owner, GenerateRequest request)
        : Job(services, id, JobKind::GenerateKey, std::move(owner), {}), request_(std::move(request)) {}

private:
    void prepare() override {
        look_up([this] {
            const auto tokens = services().modules.tokens();
            const auto token = select_token(tokens, request_.token).id;
            make_ready(token, "make a new key on the token", [this, token] { generate(token); });
        });
    }

    void generate(const TokenId& token) {
        const ipc::GenerateKey request{token, request_.algorithm, request_.use, request_.label};
        auto told = audited<ipc::KeyFound>({"generate", "", audit_digest(ipc::encode(request)), ErrorCode::None}, token,
                                           step([this](Outcome<ipc::KeyFound> outcome) { generated(outcome); }));
        services().modules.module_of(token).worker().generate_key(request, std::move(told));
    }

    void generated(const Outcome<ipc::KeyFound>& outcome) {
        if (const auto* error = error_of(outcome)) throw Error(*error);
        key_ = std::get<ipc::KeyFound>(outcome);
        // Who is told of the key finds it.
        services().modules.refresh(Milliseconds(0), step([this] { finish(); }));
    }

    void complete(JobResult& result) override {
        result.key = key_.reference.key.value;
        result.uri = key_.uri;
    }

    GenerateRequest request_;
    ipc::KeyFound key_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, GenerateRequest request,
                              JobFiles) {
    return std::make_shared<GenerateJob>(services, id, std::move(owner), std::move(request));
}

}  // namespace cardseal::broker
