// SPDX-License-Identifier: LGPL-2.1-or-later
// CmsWorkers: CMS workers that wait ready for jobs, and what may be used again for whom.
#include "broker/cms_workers.hpp"

#include "base/log.hpp"

namespace cardseal::broker {

namespace {

constexpr size_t ready_workers = 4;
constexpr size_t kept_per_caller = 8;
constexpr Milliseconds kept_for{10'000};

}  // namespace

CmsWorkers::CmsWorkers(EventLoop& loop, std::string program) : loop_(loop), program_(std::move(program)) {
    start_zygote();
}

void CmsWorkers::take_fresh(Told<CmsWorker> told) {
    if (!ready_.empty()) {
        auto worker = std::move(ready_.front());
        ready_.pop_front();
        refill();
        return told(std::move(worker));
    }
    if (failure_) return told(*failure_);
    waiting_.push_back(std::move(told));
    refill();
}

void CmsWorkers::take_for_signing(const std::string& caller, Told<CmsWorker> told) {
    const auto found = kept_.find(caller);
    if (found == kept_.end() || found->second.empty()) return take_fresh(std::move(told));
    auto worker = std::move(found->second.back().worker);
    found->second.pop_back();
    told(std::move(worker));
}

void CmsWorkers::give_back(const std::string& caller, CmsWorker worker) {
    auto& kept = kept_[caller];
    if (worker.generation() != generation_ || kept.size() >= kept_per_caller) return worker.dismiss();
    const auto place = kept.insert(kept.end(), Kept{std::move(worker), {}});
    place->expiry = loop_.after(kept_for, [&kept, place] {
        place->worker.dismiss();
        kept.erase(place);
    });
}

void CmsWorkers::caller_left(const std::string& caller) {
    const auto found = kept_.find(caller);
    if (found == kept_.end()) return;
    dismiss(found->second);
    kept_.erase(found);
}

void CmsWorkers::dismiss(KeptList& kept) {
    for (auto& each : kept) each.worker.dismiss();
    kept.clear();
}

void CmsWorkers::start_zygote() {
    restart_.reset();
    failure_.reset();
    const auto generation = ++generation_;
    back_off_.started(BackOff::Clock::now());
    try {
        zygote_ = std::make_unique<Zygote>(
            loop_, program_, generation,
            Zygote::Events{.child_ended = [this, generation](auto pid, auto how) { child_ended(generation, pid, how); },
                           .died = [this, generation](const Error& why) { zygote_died(generation, why); }});
    } catch (const Error& error) {  // one that cannot be started has failed like one that died
        return zygote_died(generation, error);
    }
    refill();
}

void CmsWorkers::child_ended(uint64_t generation, pid_t pid, Zygote::Ending ending) {
    std::erase_if(ready_, [&](const CmsWorker& worker) { return worker.pid() == pid; });
    for (auto& [caller, kept] : kept_) kept.remove_if([&](const Kept& each) { return each.worker.pid() == pid; });
    if (ending == Zygote::Ending::Expected || !zygote_ || generation != generation_) return;
    // Its children share one memory layout: none of them may be asked again by who has just crashed one.
    log(Severity::Warning, "a CMS worker ended abnormally: its siblings are replaced");
    zygote_->retire();
    retire_zygote();
    restart_ = loop_.after(Milliseconds(0), [this] { start_zygote(); });
}

void CmsWorkers::zygote_died(uint64_t generation, const Error& why) {
    sweep_ = loop_.soon([this] { retired_.remove_if([](const auto& zygote) { return zygote->gone(); }); });
    if (generation != generation_) return;  // a retired one, and it is done
    log(Severity::Error, why.message());
    retire_zygote();
    const auto delay = back_off_.failed(BackOff::Clock::now());
    restart_ = loop_.after(delay, [this] { start_zygote(); });
    if (delay == Milliseconds(0)) return;
    failure_ = why;
    const auto waiting = std::exchange(waiting_, {});
    for (const auto& told : waiting) told(why);
}

void CmsWorkers::retire_zygote() {
    if (zygote_) retired_.push_back(std::move(zygote_));
    for (auto& worker : ready_) worker.dismiss();
    ready_.clear();
    for (auto& [caller, kept] : kept_) dismiss(kept);
}

void CmsWorkers::refill() {
    if (!zygote_) return;
    while (ready_.size() + zygote_->being_forked() < ready_workers + waiting_.size()) {
        const auto before = zygote_->being_forked();
        zygote_->fork_worker([this](Outcome<CmsWorker> outcome) { forked(std::move(outcome)); });
        if (zygote_->being_forked() == before) return;  // the zygote does not keep up: forked() was told
    }
}

void CmsWorkers::forked(Outcome<CmsWorker> outcome) {
    if (auto* worker = std::get_if<CmsWorker>(&outcome); worker && worker->generation() != generation_) {
        worker->dismiss();  // of a zygote that has since been retired
        return;
    }
    if (waiting_.empty()) {
        if (auto* worker = std::get_if<CmsWorker>(&outcome)) ready_.push_back(std::move(*worker));
        return;
    }
    auto told = std::move(waiting_.front());
    waiting_.pop_front();
    told(std::move(outcome));
}

}  // namespace cardseal::broker
