// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs an event loop until something has happened.
#pragma once

#include <functional>
#include <stdexcept>

#include "broker/event_loop.hpp"

namespace cardseal::testing {

/// Throws when it has not happened after a minute.
inline void wait_until(broker::EventLoop& loop, const std::function<bool()>& happened) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!happened()) {
        const auto left = deadline - std::chrono::steady_clock::now();
        if (left.count() <= 0) throw std::runtime_error("what the test waits for did not happen");
        const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(left).count();
        if (sd_event_run(loop.event(), static_cast<uint64_t>(microseconds)) < 0)
            throw std::runtime_error("the event loop failed");
    }
}

}  // namespace cardseal::testing
