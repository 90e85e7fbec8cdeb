// SPDX-License-Identifier: LGPL-2.1-or-later
// The library's connection to the session bus: calls that wait without blocking cancellation, and the daemon's life.
#pragma once

#include "sdbus_compat.hpp"

// The overloads above come before whatever marshals byte arrays.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "bus_failure.hpp"
#include "cardseal.hpp"
#include "failure.hpp"

namespace cardseal::client {

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// The daemon's two bus names, each with its interface on one object.
enum class Service { Programs, Control };

/// Why Connection::turn() came back.
enum class Turn { Handled, Cancelled, TimedOut };

class Connection {
public:
    Connection();

    sdbus::IConnection& bus() { return *bus_; }
    sdbus::IProxy& proxy(Service service) { return service == Service::Control ? *control_ : *programs_; }
    static bus::ServiceName name_of(Service service);
    static const char* interface_of(Service service);

    /// Handles one message of the bus, or waits for one, for the cancel descriptor (-1: none) or for the deadline.
    Turn turn(int cancel_descriptor, const Deadline& deadline = {});

    /// Forgets what happened to the daemon before the call that is about to be made.
    void start_afresh();
    /// Whether the daemon has left the bus since.
    bool daemon_lost() const { return daemon_lost_; }

    /// A job's option handle_token, and the path of the job that has it.
    std::string next_handle_token() { return "job" + std::to_string(++jobs_); }
    sdbus::ObjectPath job_path(Service service, const std::string& handle_token) const;

    /// Calls a method with one result and waits for the answer. The generated proxies' blocking calls would not see
    /// the cancel descriptor.
    template <class Result, class... Arguments>
    Result call(Service service, const char* interface, const char* method, const Watch& watch,
                const Arguments&... arguments);
    /// The same of the service's own interface.
    template <class Result, class... Arguments>
    Result call(Service service, const char* method, const Watch& watch, const Arguments&... arguments) {
        return call<Result>(service, interface_of(service), method, watch, arguments...);
    }
    /// The same for a method without a result.
    template <class... Arguments>
    void call(Service service, const char* method, const Watch& watch, const Arguments&... arguments);

private:
    /// Waits until `done`; a readable cancel descriptor throws Cancelled.
    template <class Done>
    void wait_until(Done done, const Watch& watch);

    std::unique_ptr<sdbus::IConnection> bus_;
    std::unique_ptr<sdbus::IProxy> programs_;
    std::unique_ptr<sdbus::IProxy> control_;
    bool daemon_lost_ = false;
    uint64_t jobs_ = 0;
    sdbus::Slot owner_watch_;
};

/// How long the bus may take to start the daemon and the daemon to answer; jobs themselves have no limit here.
inline constexpr std::chrono::minutes answer_limit{2};

/// A pending call whose callback must not outlive what it refers to.
class PendingCall {
public:
    explicit PendingCall(sdbus::PendingAsyncCall call) : call_(std::move(call)) {}
    PendingCall(const PendingCall&) = delete;
    PendingCall& operator=(const PendingCall&) = delete;
    ~PendingCall() { call_.cancel(); }

private:
    sdbus::PendingAsyncCall call_;
};

template <class Result, class... Arguments>
Result Connection::call(Service service, const char* interface, const char* method, const Watch& watch,
                        const Arguments&... arguments) {
    std::optional<Result> result;
    std::optional<Error> error;
    start_afresh();
    const PendingCall pending(proxy(service)
                                  .callMethodAsync(method)
                                  .onInterface(interface)
                                  .withTimeout(answer_limit)
                                  .withArguments(arguments...)
                                  .uponReplyInvoke([&](bus::CallError call_error, const Result& value) {
                                      if (call_error)
                                          error = bus_failure(*call_error, "cannot reach the daemon");
                                      else
                                          result = value;
                                  }));
    wait_until([&] { return result || error; }, watch);
    if (error) throw *error;
    return std::move(*result);
}

template <class... Arguments>
void Connection::call(Service service, const char* method, const Watch& watch, const Arguments&... arguments) {
    bool answered = false;
    std::optional<Error> error;
    start_afresh();
    const PendingCall pending(proxy(service)
                                  .callMethodAsync(method)
                                  .onInterface(interface_of(service))
                                  .withTimeout(answer_limit)
                                  .withArguments(arguments...)
                                  .uponReplyInvoke([&](bus::CallError call_error) {
                                      if (call_error) error = bus_failure(*call_error, "cannot reach the daemon");
                                      answered = true;
                                  }));
    wait_until([&] { return answered; }, watch);
    if (error) throw *error;
}

template <class Done>
void Connection::wait_until(Done done, const Watch& watch) {
    while (!done())
        if (turn(watch.cancel_descriptor) == Turn::Cancelled) throw failure(ErrorCode::Cancelled, "cancelled");
}

}  // namespace cardseal::client
