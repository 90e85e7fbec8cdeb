// SPDX-License-Identifier: LGPL-2.1-or-later
// What every command does beside its work: the bar, Ctrl-C, printing, and its exit status.
#pragma once

#include <cerrno>
#include <cstdio>
#include <string>

#include "command/cancel_signals.hpp"
#include "command/progress_bar.hpp"
#include "failure.hpp"

namespace cardseal::client {

enum ExitStatus { done = 0, answer_is_no = 1 };

inline void print(const std::string& text, FILE* stream = stdout) {
    if (std::fputs(text.c_str(), stream) < 0 || std::fflush(stream) != 0)
        throw errno_failure(ErrorCode::OutputFailed, "cannot write standard output");
}

/// Ctrl-C, and the bar. Made when the files are open: opening a named pipe waits, and Ctrl-C must end that.
class Supervision {
public:
    Watch watch() {
        return {[this](const Progress& progress) { bar_.show(progress); }, signals_.descriptor()};
    }

private:
    CancelSignals signals_;
    ProgressBar bar_;
};

}  // namespace cardseal::client
