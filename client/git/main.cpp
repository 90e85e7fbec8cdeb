// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-git, the program that git signs and verifies with when gpg.format is x509.
#include <cstdio>

#include "command/program.hpp"
#include "git/arguments.hpp"
#include "git/payload.hpp"
#include "git/refusal.hpp"

namespace {

int fail(const cardseal::client::Error& error) {
    std::fputs(cardseal::client::git::describe_refusal(error).c_str(), stderr);
    return error.exit_status();
}

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace cardseal::client;
    return run_program([&] { return git::parse_arguments(argument_count, arguments); },
                       [](const auto& chosen) { return git::run(chosen); }, fail);
}
