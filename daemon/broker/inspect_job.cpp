// SPDX-License-Identifier: LGPL-2.1-or-later
// An inspect job: its worker gets the message, and may ask for nothing.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

class InspectJob final : public Job {
public:
    InspectJob(const JobServices& services, JobId id, JobOwner owner, InspectRequest request, JobFiles files)
        : Job(services, id, JobKind::Inspect, std::move(owner), std::move(files)), request_(request) {}

private:
    void prepare() override {
        std::vector<FileDescriptor> given;
        given.push_back(std::move(files().input));
        send_to_worker(ipc::MessageType::InspectJob, ipc::encode(ipc::InspectJob{request_.form, files().origin}),
                       std::move(given));
    }

    InspectRequest request_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, InspectRequest request,
                              JobFiles files) {
    return std::make_shared<InspectJob>(services, id, std::move(owner), request, std::move(files));
}

}  // namespace cardseal::broker
