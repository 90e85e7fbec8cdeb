// SPDX-License-Identifier: LGPL-2.1-or-later
// The program that has started this one to work for it: the person who is asked for a PIN reads its name.
#include "command/asking_program.hpp"

#include <sys/syscall.h>
#include <unistd.h>

namespace cardseal::client {

// glibc 2.36 declares pidfd_open for C alone.
AskingProgram::AskingProgram(pid_t process) : pidfd_(static_cast<int>(syscall(SYS_pidfd_open, process, 0))) {}

Prompt AskingProgram::prompt() const {
    auto prompt = Prompt::of_this_process();
    prompt.on_behalf_of = pidfd_.get();
    return prompt;
}

}  // namespace cardseal::client
