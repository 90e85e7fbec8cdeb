// SPDX-License-Identifier: LGPL-2.1-or-later
// The monitor command: a line for each thing that happens to a token or a key, until Ctrl-C.
#include <cstdio>
#include <ctime>

#include "command/cancel_signals.hpp"
#include "command/commands.hpp"
#include "command/print.hpp"
#include "command/report.hpp"

namespace cardseal::client {

int run(const MonitorTokens& request) {
    const CancelSignals signals;
    const auto tell = [&](const Event& event) {
        const auto now = static_cast<uint64_t>(std::time(nullptr));
        print(request.report == Report::Json ? to_json(event, now) : describe(event, now));
        std::fflush(stdout);  // a pipe's reader waits for the line
    };
    try {
        Client().monitor(tell, {{}, signals.descriptor()});
    } catch (const Error& error) {  // Ctrl-C is how it is meant to end
        if (error.name() != "Cancelled") throw;
    }
    return 0;
}

}  // namespace cardseal::client
