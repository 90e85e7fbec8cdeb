// SPDX-License-Identifier: LGPL-2.1-or-later
// CmsWorkers: CMS workers that wait ready for jobs, and what may be used again for whom.
#pragma once

#include <deque>
#include <list>

#include "broker/back_off.hpp"
#include "broker/zygote.hpp"

namespace cardseal::broker {

class CmsWorkers {
public:
    CmsWorkers(EventLoop& loop, std::string program);
    CmsWorkers(const CmsWorkers&) = delete;
    CmsWorkers& operator=(const CmsWorkers&) = delete;

    /// A worker that has never had a job, at once if one waits ready.
    void take_fresh(Told<CmsWorker> told);
    /// For a sign job: one that has only signed for this caller, or a fresh one.
    void take_for_signing(const std::string& caller, Told<CmsWorker> told);
    /// After a sign job that ended well; kept for a while for the same caller.
    void give_back(const std::string& caller, CmsWorker worker);
    void caller_left(const std::string& caller);

private:
    struct Kept {
        CmsWorker worker;
        Watch expiry;
    };
    using KeptList = std::list<Kept>;

    void start_zygote();
    void child_ended(uint64_t generation, pid_t pid, Zygote::Ending ending);
    void zygote_died(uint64_t generation, const Error& why);
    void retire_zygote();
    void refill();
    void forked(Outcome<CmsWorker> outcome);
    static void dismiss(KeptList& kept);

    EventLoop& loop_;
    std::string program_;
    uint64_t generation_ = 0;
    std::unique_ptr<Zygote> zygote_;
    std::list<std::unique_ptr<Zygote>> retired_;
    std::optional<Error> failure_;  ///< why there is no zygote, while it is not to be started at once
    std::deque<CmsWorker> ready_;
    std::deque<Told<CmsWorker>> waiting_;
    std::map<std::string, KeptList> kept_;
    BackOff back_off_;
    Watch restart_, sweep_;
};

}  // namespace cardseal::broker
