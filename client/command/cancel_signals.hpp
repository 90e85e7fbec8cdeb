// SPDX-License-Identifier: LGPL-2.1-or-later
// Ctrl-C and its kin as a descriptor that becomes readable, so that a job is cancelled instead of left behind.
#pragma once

#include <csignal>

#include "command/descriptor.hpp"

namespace cardseal::client {

/// SIGINT, SIGTERM and SIGHUP come through the descriptor while this lives. Other threads must have them blocked.
class CancelSignals {
public:
    CancelSignals();
    CancelSignals(const CancelSignals&) = delete;
    CancelSignals& operator=(const CancelSignals&) = delete;
    ~CancelSignals();

    int descriptor() const { return descriptor_.get(); }

private:
    sigset_t before_{};
    Descriptor descriptor_;
};

}  // namespace cardseal::client
