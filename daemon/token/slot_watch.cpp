// SPDX-License-Identifier: LGPL-2.1-or-later
// SlotWatch: a thread that notices tokens and readers that come and go.
#include "token/slot_watch.hpp"

#include <future>

namespace cardseal::token {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds poll_interval{400};
constexpr std::chrono::seconds before_next_wait{10};
constexpr std::chrono::milliseconds to_get_into_the_wait{20};
constexpr std::chrono::seconds patience_beside_the_wait{2};
constexpr std::chrono::seconds patience_at_end{1};
constexpr int most_old_events = 256;

/// Takes the events that have gathered; false if the module does not have the function.
bool knows_events(const CK_FUNCTION_LIST& functions) {
    if (!functions.C_WaitForSlotEvent) return false;
    CK_SLOT_ID slot = 0;
    CK_RV result = CKR_OK;
    for (int i = 0; i < most_old_events && result == CKR_OK; ++i)
        result = functions.C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, nullptr);
    return result != CKR_FUNCTION_NOT_SUPPORTED;
}

bool serves_another_call(const CK_FUNCTION_LIST& functions) {
    // Shared with a thread that may never come back.
    const auto answered = std::make_shared<std::promise<void>>();
    auto answer = answered->get_future();
    std::thread([list_slots = functions.C_GetSlotList, answered] {
        CK_ULONG count = 0;
        (void)list_slots(CK_FALSE, nullptr, &count);
        answered->set_value();
    }).detach();
    return answer.wait_for(patience_beside_the_wait) == std::future_status::ready;
}

}  // namespace

class SlotWatch::Watching {
public:
    Watching(const Module& module, Tokens& tokens, SlotEvents events, std::function<void()> changed)
        : functions_(module.functions()),
          tokens_(tokens),
          changed_(std::move(changed)),
          waits_(events == SlotEvents::WaitIfPossible && knows_events(functions_)) {}

    void run() {
        while (!is_ending()) {
            const bool seen = tokens_.slots_changed();
            if (seen) changed_();
            if (!seen && may_wait()) wait_and_tell();
            pause();
        }
        enter(State::Ended);
    }

    bool stalls() {
        if (!waits_) return false;
        {
            std::unique_lock lock(mutex_);
            state_changed_.wait(lock, [this] { return has_waited_; });
        }
        std::this_thread::sleep_for(to_get_into_the_wait);
        return !serves_another_call(functions_);
    }

    End end() {
        std::unique_lock lock(mutex_);
        ending_ = true;
        state_changed_.notify_all();
        if (!state_changed_.wait_for(lock, patience_at_end, [this] { return state_ != State::Watching; }))
            return End::Hanging;
        return state_ == State::Ended ? End::Ended : End::Waiting;
    }

private:
    enum class State { Watching, Waiting, Ended };

    bool may_wait() const { return waits_ && next_wait_ && Clock::now() >= *next_wait_; }

    void wait_and_tell() {
        enter(State::Waiting);
        CK_SLOT_ID slot = 0;
        const auto result = functions_.C_WaitForSlotEvent(0, &slot, nullptr);
        enter(State::Watching);
        if (is_ending()) return;
        if (result == CKR_OK) changed_();
        // An event with nothing to see for it may be one of many, of a module that only seems to wait.
        if (result == CKR_FUNCTION_NOT_SUPPORTED)
            next_wait_.reset();
        else if (result != CKR_OK || !tokens_.slots_changed())
            next_wait_ = Clock::now() + before_next_wait;
    }

    bool is_ending() {
        std::lock_guard lock(mutex_);
        return ending_;
    }

    void pause() {
        std::unique_lock lock(mutex_);
        state_changed_.wait_for(lock, poll_interval, [this] { return ending_; });
    }

    void enter(State state) {
        std::lock_guard lock(mutex_);
        state_ = state;
        has_waited_ = has_waited_ || state == State::Waiting;
        state_changed_.notify_all();
    }

    const CK_FUNCTION_LIST functions_;  ///< a copy: in use when the module's owner may be gone
    Tokens& tokens_;
    const std::function<void()> changed_;
    const bool waits_;
    std::optional<Clock::time_point> next_wait_ = Clock::now();  ///< of the watch's thread; empty: never
    std::mutex mutex_;                                           ///< guards all below
    std::condition_variable state_changed_;
    State state_ = State::Watching;
    bool has_waited_ = false, ending_ = false;
};

SlotWatch::SlotWatch(const Module& module, Tokens& tokens, SlotEvents events, std::function<void()> changed)
    : watching_(std::make_shared<Watching>(module, tokens, events, std::move(changed))),
      thread_([watching = watching_] { watching->run(); }) {}

SlotWatch::~SlotWatch() {
    if (end() != End::Ended) thread_.detach();
}

bool SlotWatch::stalls() const { return watching_->stalls(); }

SlotWatch::End SlotWatch::end() {
    const auto end = watching_->end();
    if (end == End::Ended && thread_.joinable()) thread_.join();
    return end;
}

}  // namespace cardseal::token
