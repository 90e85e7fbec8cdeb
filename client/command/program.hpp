// SPDX-License-Identifier: LGPL-2.1-or-later
// What main() of every program here does: parse, run, and tell each failure once.
#pragma once

#include <csignal>
#include <exception>
#include <variant>

#include "command/standard_streams.hpp"
#include "failure.hpp"

namespace cardseal::client {

/// The exit status: of `run`, or of `fail`, which tells the person. `parse` gives a variant of requests.
template <class Parse, class Run, class Fail>
int run_program(Parse parse, Run run, Fail fail) {
    hold_standard_streams();
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report
    try {                           // main()'s
        return std::visit(run, parse());
    } catch (const Error& error) {
        return fail(error);
    } catch (const std::exception& error) {
        return fail(failure(ErrorCode::Internal, error.what()));
    }
}

}  // namespace cardseal::client
