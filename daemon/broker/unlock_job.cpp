// SPDX-License-Identifier: LGPL-2.1-or-later
// An unlock job: logs in to a token, for what comes after.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

class UnlockJob final : public Job {
public:
    UnlockJob(const JobServices& services, JobId id, JobOwner owner, UnlockRequest request)
        : Job(services, id, JobKind::Unlock, std::move(owner), {}), request_(std::move(request)) {}

private:
    void prepare() override {
        look_up([this] {
            const auto tokens = services().modules.tokens();
            make_ready(select_token(tokens, request_.token).id, "unlock the token", [this] { finish(); });
        });
    }

    UnlockRequest request_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, UnlockRequest request, JobFiles) {
    return std::make_shared<UnlockJob>(services, id, std::move(owner), std::move(request));
}

}  // namespace cardseal::broker
