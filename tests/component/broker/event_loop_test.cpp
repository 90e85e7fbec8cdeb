// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the event loop: what runs when, and what an action may do to itself.
#include "broker/event_loop.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "base/file_descriptor.hpp"
#include "catch.hpp"
#include "loop_wait.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

static void take_byte(const FileDescriptor& file) {
    char byte;
    REQUIRE(read(file.get(), &byte, 1) == 1);
}

TEST_CASE("event loop: the bus is served before other descriptors that are ready too") {
    EventLoop loop;
    const auto one = make_stream_sockets(), two = make_stream_sockets();
    std::string order;
    const auto worker = loop.when_readable(one.ours.get(), [&] {
        order += "worker ";
        take_byte(one.ours);
    });
    const auto bus = loop.when_readable(
        two.ours.get(),
        [&] {
            order += "bus ";
            take_byte(two.ours);
        },
        Priority::Bus);

    write_all(one.theirs.get(), bytes_of("x"));
    write_all(two.theirs.get(), bytes_of("x"));
    wait_until(loop, [&] { return order.size() >= 11; });

    CHECK(order == "bus worker ");
}

TEST_CASE("event loop: an action may drop its own watch") {
    EventLoop loop;
    int count = 0;
    Watch watch;
    watch = loop.after(Milliseconds(1), [&] {
        watch.reset();
        ++count;
    });

    wait_until(loop, [&] { return count == 1; });

    CHECK_FALSE(watch);
}

TEST_CASE("event loop: an Error that an action raises ends the loop and comes out of run()") {
    EventLoop loop;
    const auto watch = loop.soon([] { throw Error(ErrorCode::Busy, "no more"); });

    CHECK_THROWS_WITH(loop.run(), "no more");
}
