// SPDX-License-Identifier: LGPL-2.1-or-later
// Lane and Lanes: threads that do tasks, so that what waits in one lane does not hold up the others.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "ipc/identifiers.hpp"

namespace cardseal::token {

class Task {
public:
    virtual ~Task() = default;
    virtual void run() = 0;
    /// The token that it is for; empty if for none or for all.
    virtual const TokenId& token() const = 0;
};

/// Tasks begin in their order; threads come when there is something for them to do. Tasks not begun when it goes are
/// dropped; those begun are waited for.
class Lane {
public:
    explicit Lane(unsigned max_threads) : max_threads_(max_threads) {}
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane();

    void post(std::unique_ptr<Task> task);
    /// No task waits and none runs.
    bool is_idle() const;

private:
    void work();

    const unsigned max_threads_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<Task>> tasks_;
    unsigned busy_ = 0;
    bool ending_ = false;
    std::vector<std::jthread> threads_;
};

/// What a task may have to wait for: a token at work, a person, all slots.
enum class LaneKind { Operations, Login, Listing };

/// Two lanes for each token, so that a slow token or a person holds up only who needs that token, and one for the
/// looks at all slots, which hold up nobody. Safe for several threads.
class Lanes {
public:
    void post(LaneKind kind, std::unique_ptr<Task> task);
    /// The other tokens' lanes end, unless they still have something to do: then the next time.
    void keep(const std::set<TokenId>& present);

private:
    static unsigned operation_threads();

    struct TokenLanes {
        Lane operations{operation_threads()};
        Lane login{1};  ///< one prompt at a time, so one login at a time
    };

    std::mutex mutex_;
    std::map<TokenId, TokenLanes> tokens_;
    Lane listing_{1};
};

}  // namespace cardseal::token
