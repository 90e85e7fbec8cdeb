// SPDX-License-Identifier: LGPL-2.1-or-later
// A decompress job: its worker gets the message and the output, and may ask for no key.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

class DecompressJob final : public Job {
public:
    DecompressJob(const JobServices& services, JobId id, JobOwner owner, DecompressRequest request, JobFiles files)
        : Job(services, id, JobKind::Decompress, std::move(owner), std::move(files)), request_(request) {}

private:
    void prepare() override {
        std::vector<FileDescriptor> given;
        given.push_back(std::move(files().input));
        given.push_back(std::move(files().output));
        send_to_worker(ipc::MessageType::DecompressJob, ipc::encode(ipc::DecompressJob{request_.form, files().origin, request_.part}),
                       std::move(given));
    }

    DecompressRequest request_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, DecompressRequest request,
                              JobFiles files) {
    return std::make_shared<DecompressJob>(services, id, std::move(owner), request, std::move(files));
}

}  // namespace cardseal::broker
