// SPDX-License-Identifier: LGPL-2.1-or-later
// A verify job: its worker gets the message, the anchors and the CRLs, and may ask for nothing.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

class VerifyJob final : public Job {
public:
    VerifyJob(const JobServices& services, JobId id, JobOwner owner, VerifyRequest request, JobFiles files)
        : Job(services, id, JobKind::Verify, std::move(owner), std::move(files)), request_(std::move(request)) {}

private:
    void prepare() override {
        const ipc::VerifyJob job{.form = request_.form,
                                 .origin = files().origin,
                                 .verification_time = request_.time.value_or(now()),
                                 .has_content = bool(files().content),
                                 .has_output = bool(files().output),
                                 .part = request_.part};
        std::vector<FileDescriptor> given;
        given.push_back(std::move(files().input));
        given.push_back(services().anchors.blob_file_with(request_.trust));
        given.push_back(services().crls.blob_file());
        if (job.has_content) given.push_back(std::move(files().content));
        if (job.has_output) given.push_back(std::move(files().output));
        send_to_worker(ipc::MessageType::VerifyJob, ipc::encode(job), std::move(given));
    }

    VerifyRequest request_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, VerifyRequest request,
                              JobFiles files) {
    return std::make_shared<VerifyJob>(services, id, std::move(owner), std::move(request), std::move(files));
}

}  // namespace cardseal::broker
