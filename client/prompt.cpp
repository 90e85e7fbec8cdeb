// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds the terminal and the display of this process, for the PIN prompt.
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

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

/// The terminal that this process was started from, by its number in proc(5): /dev/tty has no name that another
/// process could use.
std::string controlling_terminal_name() {
    std::ifstream file("/proc/self/stat");
    const std::string stat{std::istreambuf_iterator<char>(file), {}};
    // The program's name, in brackets, may hold anything; behind it are state, parent, group, session and terminal.
    std::istringstream fields(stat.substr(std::min(stat.rfind(')'), stat.size() - 1) + 1));
    std::string state;
    int parent = 0, group = 0, session = 0, terminal = 0;
    fields >> state >> parent >> group >> session >> terminal;
    const auto device = static_cast<dev_t>(static_cast<unsigned>(terminal));
    for (const auto* family : {"/dev/pts/", "/dev/tty"}) {
        const auto name = family + std::to_string(minor(device));
        struct stat status {};
        if (terminal && ::stat(name.c_str(), &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == device)
            return name;
    }
    return {};
}

// The mail often comes and goes through two of the three: any one that is a terminal will do. A program such as git
// keeps all three.
std::string terminal_name() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        std::array<char, 256> name;
        if (ttyname_r(descriptor, name.data(), name.size()) == 0) return name.data();
    }
    return controlling_terminal_name();
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
