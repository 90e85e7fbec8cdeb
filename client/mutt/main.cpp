// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-mutt, behind the command templates of cardseal.rc.
#include <csignal>
#include <cstdio>
#include <exception>
#include <variant>

#include "command/report.hpp"
#include "failure.hpp"
#include "mutt/arguments.hpp"
#include "mutt/run.hpp"

namespace {

int fail(const cardseal::client::Error& error) {
    std::fputs(cardseal::client::describe(error).c_str(), stderr);
    return error.exit_status();
}

}  // namespace

int main(int argument_count, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report
    try {
        const auto request = cardseal::client::mutt::parse_arguments(argument_count, arguments);
        return std::visit([](const auto& chosen) { return cardseal::client::mutt::run(chosen); }, request);
    } catch (const cardseal::client::Error& error) {
        return fail(error);
    } catch (const std::exception& error) {
        return fail(cardseal::client::failure(cardseal::ErrorCode::Internal, error.what()));
    }
}
