// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-sendmail, a sendmail that signs.
#include <cstdio>

#include "command/program.hpp"
#include "command/report.hpp"
#include "sendmail/arguments.hpp"
#include "sendmail/exit_status.hpp"
#include "sendmail/submission.hpp"

namespace {

int fail(const cardseal::client::Error& error) {
    std::fputs(("not sent: " + cardseal::client::describe(error, cardseal::client::palette_of(stderr))).c_str(),
               stderr);
    return cardseal::client::sendmail::exit_status(error);
}

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace cardseal::client;
    return run_program([&] { return sendmail::parse_arguments(argument_count, arguments); },
                       [](const auto& chosen) { return sendmail::run(chosen); }, fail);
}
