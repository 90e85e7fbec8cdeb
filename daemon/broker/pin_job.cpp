// SPDX-License-Identifier: LGPL-2.1-or-later
// A PIN job: has a person change a token's PIN, or set a new one for a PIN that is locked.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

class PinJob final : public Job {
public:
    PinJob(const JobServices& services, JobId id, JobOwner owner, PinRequest request)
        : Job(services, id, JobKind::Pin, std::move(owner), {}), request_(std::move(request)) {}

private:
    void prepare() override {
        look_up([this] {
            const auto tokens = services().modules.tokens();
            renew_pin(select_token(tokens, request_.token).id, request_.renewal, [this] { finish(); });
        });
    }

    PinRequest request_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, PinRequest request, JobFiles) {
    return std::make_shared<PinJob>(services, id, std::move(owner), std::move(request));
}

}  // namespace cardseal::broker
