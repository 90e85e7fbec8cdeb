// SPDX-License-Identifier: LGPL-2.1-or-later
// One job of the daemon, from its start to its Finished signal.
#pragma once

#include "connection.hpp"

// Generated glue comes after the header above.
#include <optional>
#include <string>

#include "org.cardseal.Cardseal1.Job-proxy.hpp"
#include "wire.hpp"

namespace cardseal::client {

/// Follows the job that has (or will have) this handle token. Subscribes when made, so that no signal is missed;
/// cancels the job when destroyed before its end.
class Job final : public sdbus::ProxyInterfaces<org::cardseal::Cardseal1::Job_proxy> {
public:
    Job(Connection& connection, Service service, const std::string& handle_token);
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    ~Job();

    /// Calls the method that starts the job and waits for its end; the result of Finished.
    template <class... Arguments>
    Fields run(const char* method, const Watch& watch, const Arguments&... arguments);

private:
    void onProgress(const uint64_t& bytes_in, const uint64_t& bytes_out, const uint64_t& bytes_total) override;
    void onFinished(const std::string& error, const std::string& message, const Fields& result) override;

    void wait(const Watch& watch);
    void report_progress(const Watch& watch);
    void cancel();
    bool ended() const { return result_ || error_; }

    Connection& connection_;
    Service service_;
    std::optional<Progress> unreported_;
    std::optional<Fields> result_;
    std::optional<Error> error_;
};

template <class... Arguments>
Fields Job::run(const char* method, const Watch& watch, const Arguments&... arguments) {
    connection_.start_afresh();
    const PendingCall pending(connection_.proxy(service_)
                                  .callMethodAsync(method)
                                  .onInterface(Connection::interface_of(service_))
                                  .withTimeout(answer_limit)
                                  .withArguments(arguments...)
                                  .uponReplyInvoke([this](bus::CallError call_error, const sdbus::ObjectPath&) {
                                      // Finished may come before the answer, but never an error after it.
                                      if (call_error && !ended())
                                          error_ = bus_failure(*call_error, "cannot reach the daemon");
                                  }));
    wait(watch);
    if (error_) throw *error_;
    return std::move(*result_);
}

/// A whole job: `method` with its arguments and, at their end, these options.
template <class Result, class Options, class... Arguments>
Result run_job(Connection& connection, Service service, const char* method, const Watch& watch, const Options& options,
               const Arguments&... arguments) {
    const auto handle_token = connection.next_handle_token();
    auto fields = wire(options);
    fields["handle_token"] = sdbus::Variant(handle_token);
    return read_result<Result>(Job(connection, service, handle_token).run(method, watch, arguments..., fields));
}

}  // namespace cardseal::client
