// SPDX-License-Identifier: LGPL-2.1-or-later
// The program that has started this one to work for it: the person who is asked for a PIN reads its name.
#pragma once

#include <sys/types.h>

#include "cardseal.hpp"
#include "command/descriptor.hpp"

namespace cardseal::client {

/// Holds on to the process: its number cannot come to mean another one.
class AskingProgram {
public:
    explicit AskingProgram(pid_t process);

    /// The prompt for the terminal and display of this process. Valid as long as this object.
    Prompt prompt() const;

private:
    Descriptor pidfd_;  ///< empty if it has ended
};

}  // namespace cardseal::client
