// SPDX-License-Identifier: LGPL-2.1-or-later
// The cardseal command.
#include <cstdio>
#include <string>

#include "command/arguments.hpp"
#include "command/commands.hpp"
#include "command/program.hpp"
#include "command/report.hpp"

namespace {

int fail(const cardseal::client::Error& error) {
    if (error.name() == "OutputFailed" && cardseal::client::has_lost_reader()) cardseal::client::end_by_broken_pipe();
    std::fputs(cardseal::client::describe(error, cardseal::client::palette_of(stderr)).c_str(), stderr);
    return error.exit_status();
}

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace cardseal::client;
    return run_program([&] { return parse_arguments(argument_count, arguments); },
                       [](const auto& chosen) { return run(chosen); }, fail);
}
