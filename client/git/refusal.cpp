// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells why nothing was signed, also where git would not.
#include "git/refusal.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include "command/report.hpp"

namespace cardseal::client::git {

namespace {

struct ClosePipe {
    void operator()(FILE* pipe) const { pclose(pipe); }
};

/// That of the git that runs us: git puts its own folder first in PATH. Empty if it does not say.
std::string git_version() {
    const std::unique_ptr<FILE, ClosePipe> git(popen("git version 2>/dev/null", "re"));
    std::array<char, 128> line{};
    if (!git || !std::fgets(line.data(), line.size(), git.get())) return {};
    return line.data();
}

}  // namespace

std::string describe_refusal(const Error& error) {
    const bool wrong_name = error.name() == "NoSuchKey" || error.name() == "Ambiguous";
    return describe(error) + (wrong_name ? "next: 'git config user.signingkey KEY' names the key for git\n" : "");
}

void tell_past_git(const std::string& text) {
    if (isatty(STDERR_FILENO) || !swallows_errors(git_version())) return;
    std::ofstream("/dev/tty") << text;
}

bool swallows_errors(const std::string& version) {
    int major = 0, minor = 0;
    if (std::sscanf(version.c_str(), "git version %d.%d", &major, &minor) != 2) return false;
    return major < 2 || (major == 2 && minor < 41);
}

}  // namespace cardseal::client::git
