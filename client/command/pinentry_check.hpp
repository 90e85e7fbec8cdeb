// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the daemon's pinentry can be started, and what kind it is.
#pragma once

#include <string>

namespace cardseal::client {

struct PinentryCheck {
    std::string failure;  ///< why it cannot be used; empty if it answered
    std::string flavor;   ///< "gnome3", "qt", "curses", "tty"; empty if it does not say
};

/// Starts it for as long as it takes to ask for its kind, some seconds at most; it shows nothing.
PinentryCheck check_pinentry(const std::string& path);

}  // namespace cardseal::client
