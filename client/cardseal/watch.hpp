// SPDX-License-Identifier: LGPL-2.1-or-later
// How a call is followed and ended.
#pragma once

#include <cstdint>
#include <functional>

namespace cardseal::client {

/// How far a job is, in bytes; `bytes_total` is the input's size, or 0 if it is not known.
struct Progress {
    uint64_t bytes_in = 0;
    uint64_t bytes_out = 0;
    uint64_t bytes_total = 0;
};

/// How to follow a call and how to end it.
struct Watch {
    /// Called in the caller's thread, at most ten times a second while bytes move. An exception it throws cancels the
    /// job and leaves the call.
    std::function<void(const Progress&)> progress{};
    /// Borrowed descriptor (eventfd, signalfd, pipe) or -1. The job is cancelled as soon as it is readable, and the
    /// call throws Cancelled; it is never read from. May be made readable by any thread or signal handler.
    int cancel_descriptor = -1;
};

}  // namespace cardseal::client
