// SPDX-License-Identifier: LGPL-2.1-or-later
// The server, in a module of its own: it is loaded when a program wants to be served.
#include <fcntl.h>
#include <gcrypt.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "gpgsm/find_gpgsm.hpp"
#include "gpgsm/server_module.hpp"
#include "gpgsm/session.hpp"

using namespace cardseal::gpgsm;

namespace {

int number_of(std::string_view text) {
    int number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// "--logger-fd 4" or "--logger-fd=4"; -1 if it is not there.
int log_descriptor(const std::vector<std::string>& arguments) {
    constexpr std::string_view option = "--logger-fd";
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        if (word == option && i + 1 < arguments.size()) return number_of(arguments[i + 1]);
        if (word.starts_with(option) && word.substr(option.size()).starts_with("="))
            return number_of(word.substr(option.size() + 1));
    }
    return -1;
}

/// The socket that GPGME speaks over; -1: standard input and output.
int connection() {
    const char* number = std::getenv("_assuan_connection_fd");
    return number ? number_of(number) : -1;
}

int serve(std::vector<std::string> arguments) {
    gcry_check_version(nullptr);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    std::signal(SIGPIPE, SIG_IGN);  // a program that has left is noticed when it is read from

    const int socket = connection();
    const int log = log_descriptor(arguments);
    InheritedDescriptors inherited({socket, log});
    if (socket >= 0) fcntl(socket, F_SETFD, FD_CLOEXEC);
    Channel caller(socket >= 0 ? socket : STDIN_FILENO, socket >= 0 ? socket : STDOUT_FILENO);
    Session(caller, {find_real_gpgsm(), std::move(arguments), std::move(inherited), log}).serve();
    return EXIT_SUCCESS;
}

}  // namespace

int cardseal_gpgsm_serve(int argument_count, char** arguments) {
    try {
        return serve({arguments + 1, arguments + argument_count});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cardseal-gpgsm: %s\n", error.what());
        return failed;
    }
}
