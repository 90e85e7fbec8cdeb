// SPDX-License-Identifier: LGPL-2.1-or-later
// JobObjects: the jobs that programs have started over one connection, each an object there until it has ended.
#pragma once

#include "broker/job_object.hpp"
#include "broker/options.hpp"

namespace cardseal::broker {

/// What a method that starts a job answers.
using JobStarted = sdbus::Result<sdbus::ObjectPath>;
/// Takes the options that are the method's own, and says what the job is to do.
using Decode = std::function<JobRequest(Options& options, JobFiles& files)>;

/// "PARENT/job/CALLER/TOKEN", the caller as the element of a path.
std::string job_path(const std::string& parent, std::string caller, const std::string& token);

class JobObjects {
public:
    /// `parent`: the path that the jobs are below.
    JobObjects(sdbus::IConnection& connection, std::string parent, EventLoop& loop, Jobs& jobs)
        : connection_(connection), parent_(std::move(parent)), loop_(loop), jobs_(jobs) {}
    JobObjects(const JobObjects&) = delete;
    JobObjects& operator=(const JobObjects&) = delete;

    /// `caller`: the unique bus name that asks. Throws, and starts nothing, if something is wrong with the call.
    void start(const JobStarted& result, const std::string& caller, OptionMap options, JobFiles files,
               const Decode& decode);

private:
    std::string free_path(const std::string& caller, const std::string& token);
    void finished(JobId id, const Outcome<JobResult>& outcome);

    sdbus::IConnection& connection_;
    std::string parent_;
    EventLoop& loop_;
    Jobs& jobs_;
    std::map<JobId, std::unique_ptr<JobObject>> objects_;
    std::vector<std::unique_ptr<JobObject>> finished_;  ///< perhaps still in a handler: dropped when the loop is back
    uint64_t last_number_ = 0;
    Watch sweep_;
};

}  // namespace cardseal::broker
