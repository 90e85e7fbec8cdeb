// SPDX-License-Identifier: LGPL-2.1-or-later
// How a person is asked for a PIN.
#pragma once

#include <string>

namespace cardseal::client {

/// Whether the daemon may ask a person for a PIN, or answers InteractionRequired instead.
enum class Interaction { Allowed, None };

/// How to ask for a PIN, and where. Without display and terminal the prompt opens where the daemon was started.
struct Prompt {
    Interaction interaction = Interaction::Allowed;
    std::string display{};   ///< the X11 or Wayland display
    std::string ttyname{};   ///< device of the terminal, "/dev/pts/3"
    std::string ttytype{};   ///< its type, "xterm"
    std::string lc_ctype{};  ///< its character set's locale, "de_DE.UTF-8"

    /// A pidfd (pidfd_open(2)) of the program that this one works for, borrowed; the person who is asked reads its name
    /// beside this one's. -1: none.
    int on_behalf_of = -1;

    /// The prompt for the terminal and display of this process: its standard descriptors and its environment.
    static Prompt of_this_process();
};

}  // namespace cardseal::client
