// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that look after tokens.
#include "command/cancel_signals.hpp"
#include "command/commands.hpp"

namespace cardseal::client {

int run(const Unlock& request) {
    const CancelSignals signals;
    Client().unlock(request.token, Prompt::of_this_process(), {{}, signals.descriptor()});
    return 0;
}

int run(const Lock& request) {
    const CancelSignals signals;
    const Watch watch{{}, signals.descriptor()};
    if (request.token.empty())
        Client().lock(watch);
    else
        Client().lock(request.token, watch);
    return 0;
}

}  // namespace cardseal::client
