// SPDX-License-Identifier: LGPL-2.1-or-later
// What every command does beside its work: the bar, Ctrl-C, and its exit status.
#pragma once

#include "command/cancel_signals.hpp"
#include "command/progress_bar.hpp"

namespace cardseal::client {

enum ExitStatus { done = 0, answer_is_no = 1 };

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
