// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-mutt, behind the command templates of cardseal.rc.
#include <cstdio>

#include "command/program.hpp"
#include "command/report.hpp"
#include "mutt/arguments.hpp"
#include "mutt/run.hpp"

namespace {

int fail(const cardseal::client::Error& error) {
    std::fputs(cardseal::client::describe(error).c_str(), stderr);
    return error.exit_status();
}

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace cardseal::client;
    return run_program([&] { return mutt::parse_arguments(argument_count, arguments); },
                       [](const auto& chosen) { return mutt::run(chosen); }, fail);
}
