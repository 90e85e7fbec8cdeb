// SPDX-License-Identifier: LGPL-2.1-or-later
// Lane: threads that do tasks one after the other, so that what waits in one lane does not hold up the others.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace cardseal::token {

class Task {
public:
    virtual ~Task() = default;
    virtual void run() = 0;
};

/// Tasks not begun when it goes are dropped; those begun are waited for.
class Lane {
public:
    explicit Lane(unsigned threads);
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane();

    void post(std::unique_ptr<Task> task);

private:
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<Task>> tasks_;
    bool ending_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace cardseal::token
