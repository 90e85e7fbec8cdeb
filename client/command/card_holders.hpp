// SPDX-License-Identifier: LGPL-2.1-or-later
// Other programs of this user that may hold a card: those that have loaded a PKCS#11 module, and GnuPG's card daemon.
#pragma once

#include <string>
#include <vector>

namespace cardseal::client {

struct CardHolder {
    int pid = 0;
    std::string program;
    std::string reason;  ///< "has loaded /usr/lib/…/opensc-pkcs11.so", "talks to cards by itself"
};

/// `modules`: paths of the daemon's modules. Programs of other users cannot be seen, those of the daemon are left out.
std::vector<CardHolder> find_card_holders(const std::vector<std::string>& modules);

}  // namespace cardseal::client
