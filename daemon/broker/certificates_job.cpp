// SPDX-License-Identifier: LGPL-2.1-or-later
// A certificates job: its worker reads certificates of folders, of a file to import, or of tokens, and may ask for
// nothing.
#include "broker/job_kinds.hpp"

namespace cardseal::broker {

namespace {

using ipc::MessageType;

constexpr size_t largest_answer = 16u << 20;  // a message over the bus's limit ends our connection

class CertificatesJob final : public Job {
public:
    CertificatesJob(const JobServices& services, JobId id, JobOwner owner, CertificatesRequest request, JobFiles files)
        : Job(services, id, JobKind::Certificates, std::move(owner), std::move(files)), request_(std::move(request)) {}

private:
    void prepare() override {
        const ipc::CertificatesJob job{.action = request_.action,
                                       .time = now(),
                                       .email = request_.email,
                                       .fingerprint = request_.fingerprint,
                                       .usage = request_.usage};
        send_to_worker(MessageType::CertificatesJob, ipc::encode(job), given_files());
    }

    std::vector<FileDescriptor> given_files() const {
        std::vector<FileDescriptor> given;
        if (request_.action == ipc::CertificatesAction::Import) {
            given.push_back(ipc::make_blob_file("import", std::span(&request_.file, 1)));
            return given;
        }
        if (request_.action == ipc::CertificatesAction::Judge) given.push_back(token_certificates());
        given.push_back(services().folders.blob_file());
        given.push_back(services().anchors.blob_file());
        given.push_back(services().crls.blob_file());
        return given;
    }

    FileDescriptor token_certificates() const {
        std::vector<Bytes> blobs;
        for (const auto& each : request_.token_certificates) blobs.push_back(ipc::encode(each));
        return ipc::make_blob_file("token certificates", blobs);
    }

    void serve(const ipc::Packet& request) override {
        using ipc::CertificatesAction;
        const auto is = [&](CertificatesAction action, MessageType type) {
            return request_.action == action && request.header.type == type;
        };
        if (is(CertificatesAction::Find, MessageType::CertificateFound))
            take_found(request.payload);
        else if (is(CertificatesAction::Judge, MessageType::CertificateJudged))
            judged_.push_back(ipc::decode<ipc::CertificateJudged>(request.payload));
        else if (is(CertificatesAction::Import, MessageType::Learned))
            learned_.push_back(ipc::decode<ipc::Learned>(request.payload));
        else
            Job::serve(request);
    }

    void take_found(const Bytes& payload) {
        found_bytes_ += payload.size();
        if (found_bytes_ > largest_answer)
            throw Error(ErrorCode::LimitExceeded,
                        "too many certificates for one answer: use a filter, such as 'email'");
        found_.push_back(ipc::decode<ipc::CertificateFound>(payload));
    }

    void complete(JobResult& result) override {
        if (judged_.size() != request_.token_certificates.size())
            throw Error(ErrorCode::Internal, "the CMS worker did not judge every certificate");
        result.certificates = std::move(found_);
        result.judged = std::move(judged_);
        for (const auto& each : learned_) result.imported.push_back(services().user_certificates.add(each.certificate));
    }

    CertificatesRequest request_;
    std::vector<ipc::CertificateFound> found_;
    size_t found_bytes_ = 0;
    std::vector<ipc::CertificateJudged> judged_;
    std::vector<ipc::Learned> learned_;
};

}  // namespace

std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, CertificatesRequest request,
                              JobFiles files) {
    return std::make_shared<CertificatesJob>(services, id, std::move(owner), std::move(request), std::move(files));
}

}  // namespace cardseal::broker
