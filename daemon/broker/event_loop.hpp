// SPDX-License-Identifier: LGPL-2.1-or-later
// EventLoop: the broker's one thread waits here for descriptors, times and signals.
#pragma once

#include <systemd/sd-event.h>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>

#include "base/owned.hpp"

namespace cardseal::broker {

using Action = std::function<void()>;
using Milliseconds = std::chrono::milliseconds;

/// What is served first when several are ready: a caller's departure comes before the next token operation.
enum class Priority : int64_t { Bus = -10, Normal = 0, Idle = 10 };

class EventLoop;

/// A registration in the loop; ends with its owner. May be dropped from within its own action.
class Watch {
public:
    Watch() = default;
    explicit operator bool() const { return source_ != nullptr; }
    void reset() { *this = Watch(); }

private:
    friend class EventLoop;
    struct Registration {
        EventLoop& loop;
        Action action;
    };
    explicit Watch(std::unique_ptr<Registration> registration) : registration_(std::move(registration)) {}

    std::unique_ptr<Registration> registration_;
    Owned<sd_event_source, sd_event_source_disable_unref> source_;
};

/// An action that raises Error ends the loop: run() throws it.
class EventLoop {
public:
    EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    [[nodiscard]] Watch when_readable(int descriptor, Action action, Priority priority = Priority::Normal);
    /// Once; monotonic time.
    [[nodiscard]] Watch after(Milliseconds delay, Action action);
    /// Once, as soon as nothing else is ready.
    [[nodiscard]] Watch soon(Action action);
    /// The signal is blocked first, so that only the loop sees it.
    [[nodiscard]] Watch on_signal(int signal, Action action);

    void run();
    void stop();

    sd_event* event() const { return event_.get(); }
    /// Runs an action for libsystemd, whose frames no exception may cross: run() throws it instead.
    void guarded(const Action& action) noexcept;

private:
    static int run_action(void* registration);

    std::exception_ptr failure_;
    Owned<sd_event, sd_event_unref> event_;
};

}  // namespace cardseal::broker
