// SPDX-License-Identifier: LGPL-2.1-or-later
// Lane and Lanes: threads that do tasks.
#include "token/lane.hpp"

#include <algorithm>

namespace cardseal::token {

Lane::~Lane() {
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
        tasks_.clear();
    }
    changed_.notify_all();
}

void Lane::post(std::unique_ptr<Task> task) {
    {
        std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
        if (busy_ + tasks_.size() > threads_.size() && threads_.size() < max_threads_)
            threads_.emplace_back([this] { work(); });
    }
    changed_.notify_one();
}

bool Lane::is_idle() const {
    std::lock_guard lock(mutex_);
    return busy_ == 0 && tasks_.empty();
}

void Lane::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
        if (ending_) return;
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        ++busy_;
        lock.unlock();
        task->run();
        task.reset();
        lock.lock();
        --busy_;
    }
}

unsigned Lanes::operation_threads() { return std::clamp(std::thread::hardware_concurrency(), 2U, 4U); }

void Lanes::post(LaneKind kind, std::unique_ptr<Task> task) {
    if (kind == LaneKind::Listing) return listing_.post(std::move(task));
    std::lock_guard lock(mutex_);
    auto& lanes = tokens_[task->token()];
    (kind == LaneKind::Login ? lanes.login : lanes.operations).post(std::move(task));
}

void Lanes::keep(const std::set<TokenId>& present) {
    std::lock_guard lock(mutex_);
    std::erase_if(tokens_, [&](auto& entry) {
        auto& [token, lanes] = entry;
        return !present.contains(token) && lanes.operations.is_idle() && lanes.login.is_idle();
    });
}

}  // namespace cardseal::token
