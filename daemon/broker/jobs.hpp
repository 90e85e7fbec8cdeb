// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs: all running jobs, how many there may be, and what ends them from outside.
#pragma once

#include "broker/job_kinds.hpp"

namespace cardseal::broker {

using JobRequest = std::variant<SignRequest, DecryptRequest, VerifyRequest, EncryptRequest, DecompressRequest,
                                InspectRequest, CertificatesRequest, UnlockRequest, PinRequest, GenerateRequest,
                                RequestCertificateRequest, StoreCertificateRequest>;

class Jobs {
public:
    explicit Jobs(const JobServices& services) : services_(services) {}
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    /// A job that waits for start(). Busy if the caller or all callers have too many, or the daemon is ending.
    JobId add(JobOwner owner, JobRequest request, JobFiles files);
    /// `ended` may be told at once.
    void start(JobId id, Told<JobResult> ended, std::function<void(const ipc::Progress&)> progressed);

    /// Null once it has ended.
    const Job* find(JobId id) const;
    void cancel(JobId id);
    void caller_left(const std::string& caller);
    /// Ends the jobs that need it.
    void token_removed(const ipc::TokenFound& token);

    size_t running() const { return jobs_.size(); }
    /// No new jobs; `done` when the last has ended, or at the deadline, which cancels the rest.
    void drain(Milliseconds deadline, Action done);

private:
    void require_room(const std::string& caller) const;
    void cancel_if(const std::function<bool(const Job&)>& condition, const Error& why);
    void remove(JobId id);

    const JobServices& services_;
    /// The one owner of each; shared because their callbacks hold them weakly.
    std::map<JobId, std::shared_ptr<Job>> jobs_;
    /// Ended, but perhaps still on the stack: dropped when the loop is back.
    std::vector<std::shared_ptr<Job>> ended_;
    uint64_t last_id_ = 0;
    Action drained_;
    Watch sweep_, drain_deadline_;
};

}  // namespace cardseal::broker
