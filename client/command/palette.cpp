// SPDX-License-Identifier: LGPL-2.1-or-later
// Colours for what a person looks at on a terminal; none for anything else.
#include "command/palette.hpp"

#include <unistd.h>

#include <cstdlib>

namespace cardseal::client {

namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

}  // namespace

std::string Paint::operator()(const std::string& text) const {
    if (code_.empty() || text.empty()) return text;
    return "\x1b[" + std::string(code_) + "m" + text + "\x1b[0m";
}

bool obeys_escapes(FILE* stream) {
    const auto terminal = variable("TERM");
    return isatty(fileno(stream)) && !terminal.empty() && terminal != "dumb";
}

Palette palette_of(FILE* stream) {
    if (!obeys_escapes(stream) || !variable("NO_COLOR").empty()) return {};
    return {.good = Paint("32"), .bad = Paint("1;31"), .unsure = Paint("33"), .heading = Paint("1")};
}

}  // namespace cardseal::client
