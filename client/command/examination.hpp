// SPDX-License-Identifier: LGPL-2.1-or-later
// What the doctor finds, from what is known of the machine: facts in, findings out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cardseal.hpp"
#include "command/card_holders.hpp"
#include "command/pinentry_check.hpp"

namespace cardseal::client {

/// Good, worth knowing, or in the way of work.
enum class Verdict { Good, Note, Bad };

struct Finding {
    Verdict verdict = Verdict::Good;
    std::string subject;    ///< "module /usr/lib/…", "token card"
    std::string message;    ///< lower case, no full stop
    std::string next_step;  ///< what to do about it; empty with Good
};

struct Facts {
    std::optional<Error> unreachable;  ///< why the daemon does not answer; then only what needs no daemon is known
    Status status;
    std::vector<Key> keys;
    PinentryCheck pinentry;
    std::vector<CardHolder> holders;
    bool pcscd_answers = false;  ///< there is a socket of pcscd
    uint64_t now = 0;            ///< seconds since 1970
};

/// In the order in which a person would look: bus, sandbox, pinentry, modules, tokens, keys, other programs.
std::vector<Finding> examine(const Facts& facts);

}  // namespace cardseal::client
