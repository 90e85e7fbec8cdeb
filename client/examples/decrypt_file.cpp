// SPDX-License-Identifier: LGPL-2.1-or-later
// Decrypts standard input of any size to standard output in constant memory, with progress; Ctrl-C cancels.
//
//     c++ -std=c++20 decrypt_file.cpp $(pkg-config --cflags --libs cardseal)
//     ./a.out <secret.eml >entity.txt
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cardseal.hpp>
#include <iostream>

using namespace cardseal::client;

namespace {

/// Readable once Ctrl-C was pressed. A program with a window has an eventfd here, which its Cancel button writes to.
int interrupt_descriptor() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, nullptr);
    return signalfd(-1, &interrupt, SFD_CLOEXEC);
}

void show(const Progress& progress) {
    std::cerr << progress.bytes_in << " of " << progress.bytes_total << " bytes read\n";
}

}  // namespace

int main() {
    try {
        const auto decryption = Client().decrypt(STDIN_FILENO, STDOUT_FILENO, {.prompt = Prompt::of_this_process()},
                                                 {.progress = show, .cancel_descriptor = interrupt_descriptor()});
        std::cerr << "decrypted with " << decryption.key << ", integrity: " << decryption.integrity << "\n";
        return 0;
    } catch (const Error& error) {
        std::cerr << error.what() << "\nnext: " << error.hint() << "\n";
        return error.exit_status();
    }
}
