// SPDX-License-Identifier: LGPL-2.1-or-later
// The library's exception and where its parts come from.
#include "bus_failure.hpp"
#include "catch.hpp"
#include "sdbus_compat.hpp"

using namespace cardseal::client;

TEST_CASE("error: a name of the table brings its exit status and its next step") {
    const Error cancelled("org.cardseal.Error.PinCancelled", "the PIN prompt was cancelled");

    CHECK(cancelled.name() == "PinCancelled");
    CHECK(cancelled.message() == "the PIN prompt was cancelled");
    CHECK(cancelled.exit_status() == 3);
    CHECK_FALSE(cancelled.hint().empty());
    CHECK(std::string(cancelled.what()) == "PinCancelled: the PIN prompt was cancelled");
    CHECK(Error("org.freedesktop.DBus.Error.InvalidArgs", "unknown option 'x'").exit_status() == 2);
}

TEST_CASE("error: a name that the table does not know is internal") {
    CHECK(Error("org.example.Strange", "odd").name() == "Internal");
}

TEST_CASE("error: what the bus says of a daemon that is not there is DaemonUnreachable") {
    const auto* name = GENERATE("org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NoReply",
                                "org.freedesktop.DBus.Error.Spawn.ChildExited", "org.freedesktop.DBus.Error.TimedOut",
                                "System.Error.ECONNRESET");

    const auto error = bus_failure(cardseal::bus::make_error(name, "reason"), "cannot reach the daemon");

    CHECK(error.name() == "DaemonUnreachable");
    CHECK(error.message() == "cannot reach the daemon: reason");
}

TEST_CASE("error: the daemon's own errors keep their names and messages") {
    const auto error = bus_failure(cardseal::bus::make_error("org.cardseal.Error.Busy", "too many jobs"), "unused");

    CHECK(error.name() == "Busy");
    CHECK(error.message() == "too many jobs");
}
