// SPDX-License-Identifier: LGPL-2.1-or-later
// EventLoop: the broker's one thread waits here for descriptors, times and signals.
#include "broker/event_loop.hpp"

#include <sys/epoll.h>
#include <csignal>
#include <cstring>

#include "base/error.hpp"

namespace cardseal::broker {

namespace {

void check(int result, const char* what) {
    if (result < 0) throw Error(ErrorCode::Busy, std::string(what) + ": " + std::strerror(-result));
}

}  // namespace

EventLoop::EventLoop() {
    sd_event* event = nullptr;
    check(sd_event_new(&event), "cannot make an event loop");
    event_.reset(event);
}

// The action may drop its own Watch, and itself with it: a copy runs.
int EventLoop::run_action(void* registration) {
    auto& registered = *static_cast<Watch::Registration*>(registration);
    const Action copy = registered.action;
    registered.loop.guarded(copy);
    return 0;
}

void EventLoop::guarded(const Action& action) noexcept {
    try {
        action();
    } catch (...) {  // carried past libsystemd's C frames to run()
        failure_ = std::current_exception();
        (void)sd_event_exit(event_.get(), 0);
    }
}

Watch EventLoop::when_readable(int descriptor, Action action, Priority priority) {
    Watch watch(std::make_unique<Watch::Registration>(Watch::Registration{*this, std::move(action)}));
    sd_event_source* source = nullptr;
    const auto handler = [](sd_event_source*, int, uint32_t, void* registration) { return run_action(registration); };
    check(sd_event_add_io(event_.get(), &source, descriptor, EPOLLIN, handler, watch.registration_.get()),
          "cannot watch a descriptor");
    watch.source_.reset(source);
    check(sd_event_source_set_priority(source, static_cast<int64_t>(priority)), "cannot watch a descriptor");
    return watch;
}

Watch EventLoop::after(Milliseconds delay, Action action) {
    Watch watch(std::make_unique<Watch::Registration>(Watch::Registration{*this, std::move(action)}));
    sd_event_source* source = nullptr;
    const auto handler = [](sd_event_source*, uint64_t, void* registration) { return run_action(registration); };
    const auto microseconds = static_cast<uint64_t>(std::chrono::microseconds(delay).count());
    check(sd_event_add_time_relative(event_.get(), &source, CLOCK_MONOTONIC, microseconds, 1000, handler,
                                     watch.registration_.get()),
          "cannot set a timer");
    watch.source_.reset(source);
    return watch;
}

Watch EventLoop::soon(Action action) {
    Watch watch(std::make_unique<Watch::Registration>(Watch::Registration{*this, std::move(action)}));
    sd_event_source* source = nullptr;
    const auto handler = [](sd_event_source*, void* registration) { return run_action(registration); };
    check(sd_event_add_defer(event_.get(), &source, handler, watch.registration_.get()), "cannot defer an action");
    watch.source_.reset(source);
    check(sd_event_source_set_priority(source, static_cast<int64_t>(Priority::Idle)), "cannot defer an action");
    return watch;
}

Watch EventLoop::on_signal(int signal, Action action) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    Watch watch(std::make_unique<Watch::Registration>(Watch::Registration{*this, std::move(action)}));
    sd_event_source* source = nullptr;
    const auto handler = [](sd_event_source*, const signalfd_siginfo*, void* registration) {
        return run_action(registration);
    };
    check(sd_event_add_signal(event_.get(), &source, signal, handler, watch.registration_.get()),
          "cannot watch a signal");
    watch.source_.reset(source);
    return watch;
}

void EventLoop::run() {
    check(sd_event_loop(event_.get()), "the event loop failed");
    if (failure_) std::rethrow_exception(failure_);
}

void EventLoop::stop() { check(sd_event_exit(event_.get(), 0), "cannot stop the event loop"); }

}  // namespace cardseal::broker
