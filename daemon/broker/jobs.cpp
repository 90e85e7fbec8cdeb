// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs: all running jobs, how many there may be, and what ends them from outside.
#include "broker/jobs.hpp"

#include <algorithm>

namespace cardseal::broker {

namespace {

constexpr size_t most_per_caller = 64;
constexpr size_t most_in_all = 256;

}  // namespace

JobId Jobs::add(JobOwner owner, JobRequest request, JobFiles files) {
    require_room(owner.caller);
    const JobId id{++last_id_};
    auto job = std::visit(
        [&](auto&& each) {
            return make_job(services_, id, std::move(owner), std::forward<decltype(each)>(each), std::move(files));
        },
        std::move(request));
    jobs_.emplace(id, std::move(job));
    return id;
}

void Jobs::require_room(const std::string& caller) const {
    if (drained_) throw Error(ErrorCode::Busy, "the daemon is ending");
    const auto own = std::ranges::count_if(jobs_, [&](const auto& entry) { return entry.second->caller() == caller; });
    if (static_cast<size_t>(own) >= most_per_caller || jobs_.size() >= most_in_all)
        throw Error(ErrorCode::Busy, "too many jobs are running");
}

void Jobs::start(JobId id, Told<JobResult> ended, std::function<void(const ipc::Progress&)> progressed) {
    const auto job = jobs_.at(id);
    job->start(
        [this, id, ended = std::move(ended)](Outcome<JobResult> outcome) {
            remove(id);
            ended(std::move(outcome));
        },
        std::move(progressed));
}

const Job* Jobs::find(JobId id) const {
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : found->second.get();
}

void Jobs::cancel(JobId id) {
    if (const auto found = jobs_.find(id); found != jobs_.end())
        std::shared_ptr<Job>(found->second)->cancel(Error(ErrorCode::Cancelled, "the job was cancelled"));
}

void Jobs::caller_left(const std::string& caller) {
    cancel_if([&](const Job& job) { return job.caller() == caller; },
              Error(ErrorCode::Cancelled, "the caller has left the bus"));
    services_.workers.caller_left(caller);
}

void Jobs::token_removed(const ipc::TokenFound& token) {
    cancel_if([&](const Job& job) { return job.needs(token.id); },
              Error(ErrorCode::TokenRemoved, "the token '" + token.label + "' was removed"));
}

void Jobs::cancel_if(const std::function<bool(const Job&)>& condition, const Error& why) {
    std::vector<std::shared_ptr<Job>> ending;
    for (const auto& [id, job] : jobs_)
        if (condition(*job)) ending.push_back(job);
    for (const auto& job : ending) job->cancel(why);
}

void Jobs::remove(JobId id) {
    const auto found = jobs_.find(id);
    ended_.push_back(std::move(found->second));
    jobs_.erase(found);
    if (!sweep_)
        sweep_ = services_.loop.soon([this] {
            sweep_.reset();
            ended_.clear();
            if (drained_ && jobs_.empty()) drained_();
        });
}

void Jobs::drain(Milliseconds deadline, Action done) {
    if (drained_) return;
    drained_ = std::move(done);
    if (jobs_.empty()) return drained_();
    drain_deadline_ = services_.loop.after(deadline, [this] {
        cancel_if([](const Job&) { return true; }, Error(ErrorCode::Cancelled, "the daemon is ending"));
    });
}

}  // namespace cardseal::broker
