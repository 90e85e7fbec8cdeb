// SPDX-License-Identifier: LGPL-2.1-or-later
// A verify job: its worker gets the message, the anchors and the CRLs, and may ask for nothing; it tells whose
// certificates the message brought.
#include "base/log.hpp"
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
                                 .from = request_.from,
                                 .part = request_.part};
        std::vector<FileDescriptor> given;
        given.push_back(std::move(files().input));
        given.push_back(services().anchors.blob_file_with(request_.trust));
        given.push_back(services().crls.blob_file());
        if (job.has_content) given.push_back(std::move(files().content));
        if (job.has_output) given.push_back(std::move(files().output));
        send_to_worker(ipc::MessageType::VerifyJob, ipc::encode(job), std::move(given));
    }

    void serve(const ipc::Packet& request) override {
        if (request.header.type != ipc::MessageType::Learned) return Job::serve(request);
        learned_.push_back(ipc::decode<ipc::Learned>(request.payload));
    }

    void complete(JobResult& result) override {
        if (!result.finished.valid || !judged_by_our_rules()) return;
        for (const auto& learned : learned_)
            if (!remember(learned)) return;
    }

    /// A program must not have a certificate remembered by trusting its issuer itself, or by choosing the time.
    bool judged_by_our_rules() const {
        return services().remembering == Remembering::Signers && request_.trust.empty() && !request_.time;
    }

    bool remember(const ipc::Learned& learned) const {
        try {
            services().user_certificates.remember(learned, now());
            return true;
        } catch (const Error& error) {  // a full disk is no reason to keep the verdict from who asked for it
            log(Severity::Warning, "a signer's certificate is not remembered: " + error.message());
            return false;
        }
    }

    VerifyRequest request_;
    std::vector<ipc::Learned> learned_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, VerifyRequest request,
                              JobFiles files) {
    return std::make_shared<VerifyJob>(services, id, std::move(owner), std::move(request), std::move(files));
}

}  // namespace cardseal::broker
