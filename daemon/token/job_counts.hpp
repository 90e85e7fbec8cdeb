// SPDX-License-Identifier: LGPL-2.1-or-later
// JobCounts: how many private-key operations a job has had. The broker counts too; this is the other side of its table.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

#include "ipc/identifiers.hpp"

namespace cardseal::token {

/// What is counted together: a job signs (once per signer), or recovers one key.
enum class Use { Signature, KeyRecovery };

/// Safe for several threads. Remembers the latest jobs only; the broker numbers jobs upwards and ends them.
class JobCounts {
public:
    static constexpr unsigned max_signatures = 16;
    static constexpr unsigned max_key_recoveries = 1;
    static constexpr size_t max_jobs = 4096;

    /// AccessDenied if the job has had all that a job may have, or if it is no job (number 0).
    void count(JobId job, Use use);
    /// The operation did not reach the key (no login, no token, no memory): it may be asked again.
    void take_back(JobId job, Use use);

private:
    struct Counts {
        unsigned signatures = 0;
        unsigned key_recoveries = 0;
        unsigned& of(Use use) { return use == Use::Signature ? signatures : key_recoveries; }
    };

    std::mutex mutex_;
    std::map<JobId, Counts> counts_;
    std::deque<JobId> order_;  ///< of their first operation
};

}  // namespace cardseal::token
