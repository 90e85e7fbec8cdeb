// SPDX-License-Identifier: LGPL-2.1-or-later
// One job of the daemon: its signals, its cancellation, and its end when the daemon goes away.
#include "job.hpp"

#include <utility>

namespace cardseal::client {

namespace {

// A cancelled job answers at once; a daemon that does not is left behind.
constexpr std::chrono::seconds cancel_limit{5};

}  // namespace

Job::Job(Connection& connection, Service service, const std::string& handle_token)
    : ProxyInterfaces(connection.bus(), Connection::name_of(service), connection.job_path(service, handle_token)),
      connection_(connection),
      service_(service) {
    registerProxy();
}

Job::~Job() {
    try {
        if (!ended()) cancel();
    } catch (const sdbus::Error&) {
        // The bus is gone, and with it the job: its caller has left.
    }
    unregisterProxy();
}

void Job::wait(const Watch& watch) {
    int cancel_descriptor = watch.cancel_descriptor;
    Deadline deadline;
    while (!ended()) {
        const auto turn = connection_.turn(cancel_descriptor, deadline);
        report_progress(watch);
        if (ended()) return;
        if (connection_.daemon_lost())
            throw failure(ErrorCode::DaemonUnreachable, "the daemon went away before the work was done");
        if (turn == Turn::TimedOut) throw failure(ErrorCode::Cancelled, "cancelled; the daemon has not confirmed it");
        if (turn == Turn::Cancelled) {
            cancel();
            cancel_descriptor = -1;
            deadline = std::chrono::steady_clock::now() + cancel_limit;
        }
    }
}

void Job::report_progress(const Watch& watch) {
    const auto progress = std::exchange(unreported_, std::nullopt);
    if (progress && watch.progress) watch.progress(*progress);
}

void Job::cancel() {
    getProxy().callMethodAsync("Cancel").onInterface(INTERFACE_NAME).uponReplyInvoke([](bus::CallError) {
        // What matters is Finished; a job that is not there any more, or not yet, says so here.
    });
}

void Job::onProgress(const uint64_t& bytes_in, const uint64_t& bytes_out, const uint64_t& bytes_total) {
    unreported_ = Progress{bytes_in, bytes_out, bytes_total};
}

void Job::onFinished(const std::string& error, const std::string& message, const Fields& result) {
    if (error.empty())
        result_ = result;
    else
        error_ = Error(error, message);
}

}  // namespace cardseal::client
