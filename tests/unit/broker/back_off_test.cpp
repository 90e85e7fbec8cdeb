// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of how long a failing process waits before it is started again.
#include "broker/back_off.hpp"

#include "catch.hpp"

using namespace cardseal::broker;
using std::chrono::seconds;

TEST_CASE("back-off: at once, then doubling from a second to a minute") {
    BackOff back_off;
    const BackOff::Clock::time_point now{};
    back_off.started(now);

    for (const int expected : {0, 1, 2, 4, 8, 16, 32, 60, 60}) CHECK(back_off.failed(now) == seconds(expected));
}

TEST_CASE("back-off: five seconds of good service make the next restart immediate again") {
    BackOff back_off;
    const BackOff::Clock::time_point now{};
    back_off.started(now);
    (void)back_off.failed(now);
    REQUIRE(back_off.failed(now) == seconds(1));

    back_off.started(now);

    CHECK(back_off.failed(now + seconds(4)) == seconds(2));
    back_off.started(now + seconds(6));
    CHECK(back_off.failed(now + seconds(11)) == seconds(0));
}
