// SPDX-License-Identifier: LGPL-2.1-or-later
// JobCounts: how many private-key operations a job has had.
#include "token/job_counts.hpp"

#include "base/error.hpp"

namespace cardseal::token {

void JobCounts::count(JobId job, Use use) {
    if (job.value == 0) throw Error(ErrorCode::AccessDenied, "a private key is used for a job only");
    std::lock_guard lock(mutex_);
    auto [entry, is_new] = counts_.try_emplace(job);
    if (is_new) order_.push_back(job);
    auto& used = entry->second.of(use);
    if (used == (use == Use::Signature ? max_signatures : max_key_recoveries))
        throw Error(ErrorCode::AccessDenied, "the job has used the key as often as a job may");
    ++used;
    if (order_.size() <= max_jobs) return;
    counts_.erase(order_.front());
    order_.pop_front();
}

void JobCounts::take_back(JobId job, Use use) {
    std::lock_guard lock(mutex_);
    const auto entry = counts_.find(job);
    if (entry != counts_.end() && entry->second.of(use) > 0) --entry->second.of(use);
}

}  // namespace cardseal::token
