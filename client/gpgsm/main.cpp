// SPDX-License-Identifier: LGPL-2.1-or-later
// cardseal-gpgsm: what GPGME takes for gpgsm. As a server it answers for Cardseal's keys; all else the real gpgsm does.
#include <fcntl.h>
#include <gcrypt.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "gpgsm/session.hpp"

using namespace cardseal::gpgsm;

namespace {

constexpr int failed = 2;  // gpgsm's own

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

int become_real(const std::string& path, char** arguments) {
    arguments[0] = const_cast<char*>(path.c_str());
    execv(path.c_str(), arguments);
    std::perror(path.c_str());
    return failed;
}

int without_real(const std::vector<std::string>& arguments) {
    if (std::ranges::find(arguments, "--version") != arguments.end()) {
        // GPGME wants a version of GnuPG in the first line.
        std::puts("gpgsm (GnuPG) 2.2.40\ncardseal-gpgsm " CARDSEAL_VERSION ", without GnuPG's gpgsm");
        return EXIT_SUCCESS;
    }
    std::fputs("cardseal-gpgsm: GnuPG's gpgsm is not installed: only --server and --version work without it\n", stderr);
    return failed;
}

}  // namespace

int main(int argument_count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + argument_count);
    try {
        if (std::ranges::find(words, "--server") != words.end()) return serve(words);
        const auto path = find_real_gpgsm();
        return path ? become_real(*path, arguments) : without_real(words);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cardseal-gpgsm: %s\n", error.what());
        return failed;
    }
}
