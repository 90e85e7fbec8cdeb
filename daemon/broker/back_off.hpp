// SPDX-License-Identifier: LGPL-2.1-or-later
// BackOff: how long to wait before a process that failed is started again.
#pragma once

#include <algorithm>
#include <chrono>

namespace cardseal::broker {

/// At once, then 1 s, 2 s, 4 s … 60 s; from the beginning again after five seconds of good service: a
/// card that is pulled now and then, at which OpenSC 0.23 fails, is not a module that keeps dying.
class BackOff {
public:
    using Clock = std::chrono::steady_clock;

    void started(Clock::time_point now) { started_ = now; }

    std::chrono::milliseconds failed(Clock::time_point now) {
        if (now - started_ >= good_service) next_ = {};
        const auto delay = next_;
        next_ = std::min<std::chrono::milliseconds>(longest, std::max<std::chrono::milliseconds>(shortest, delay * 2));
        return delay;
    }

private:
    static constexpr std::chrono::seconds shortest{1}, longest{60}, good_service{5};

    Clock::time_point started_;
    std::chrono::milliseconds next_{0};
};

}  // namespace cardseal::broker
