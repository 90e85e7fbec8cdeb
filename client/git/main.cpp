// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-git, the program that git signs and verifies with when gpg.format is x509.
#include <csignal>
#include <cstdio>
#include <exception>
#include <variant>

#include "failure.hpp"
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
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report
    try {
        const auto request = cardseal::client::git::parse_arguments(argument_count, arguments);
        return std::visit([](const auto& chosen) { return cardseal::client::git::run(chosen); }, request);
    } catch (const cardseal::client::Error& error) {
        return fail(error);
    } catch (const std::exception& error) {
        return fail(cardseal::client::failure(cardseal::ErrorCode::Internal, error.what()));
    }
}
