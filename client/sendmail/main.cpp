// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-sendmail, a sendmail that signs.
#include <csignal>
#include <cstdio>
#include <exception>
#include <variant>

#include "command/report.hpp"
#include "failure.hpp"
#include "sendmail/arguments.hpp"
#include "sendmail/exit_status.hpp"
#include "sendmail/submission.hpp"

namespace {

int fail(const cardseal::client::Error& error) {
    std::fputs(("not sent: " + cardseal::client::describe(error)).c_str(), stderr);
    return cardseal::client::sendmail::exit_status(error);
}

}  // namespace

int main(int argument_count, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report
    try {
        const auto request = cardseal::client::sendmail::parse_arguments(argument_count, arguments);
        return std::visit([](const auto& chosen) { return cardseal::client::sendmail::run(chosen); }, request);
    } catch (const cardseal::client::Error& error) {
        return fail(error);
    } catch (const std::exception& error) {
        return fail(cardseal::client::failure(cardseal::ErrorCode::Internal, error.what()));
    }
}
