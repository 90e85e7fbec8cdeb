// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds the terminal and the display of this process, for the PIN prompt.
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "cardseal.hpp"

namespace cardseal::client {

namespace {

std::string first_set(std::initializer_list<const char*> variables) {
    for (const char* variable : variables) {
        const char* value = std::getenv(variable);
        if (value && *value) return value;
    }
    return {};
}

// The mail often comes and goes through two of the three: any one that is a terminal will do.
std::string terminal_name() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        std::array<char, 256> name;
        if (ttyname_r(descriptor, name.data(), name.size()) == 0) return name.data();
    }
    return {};
}

}  // namespace

Prompt Prompt::of_this_process() {
    Prompt prompt;
    prompt.display = first_set({"DISPLAY", "WAYLAND_DISPLAY"});
    prompt.ttyname = terminal_name();
    if (!prompt.ttyname.empty()) prompt.ttytype = first_set({"TERM"});
    prompt.lc_ctype = first_set({"LC_ALL", "LC_CTYPE", "LANG"});
    return prompt;
}

}  // namespace cardseal::client
