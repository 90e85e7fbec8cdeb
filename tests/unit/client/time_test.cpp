// SPDX-License-Identifier: LGPL-2.1-or-later
// Times as people write and read them.
#include "command/time.hpp"

#include "catch.hpp"

using cardseal::client::format_time;
using cardseal::client::parse_time;

TEST_CASE("time: RFC 3339 times are read to the second, in any zone") {
    CHECK(parse_time("1970-01-01T00:00:00Z") == 0U);
    CHECK(parse_time("2026-01-31T12:00:00Z") == 1769860800U);
    CHECK(parse_time("2026-01-31t12:00:00z") == 1769860800U);
    CHECK(parse_time("2026-01-31 12:00:00Z") == 1769860800U);
    CHECK(parse_time("2026-01-31T13:00:00+01:00") == 1769860800U);
    CHECK(parse_time("2026-01-31T06:30:00.999999-05:30") == 1769860800U);
    CHECK(parse_time("2024-02-29T00:00:00Z") == 1709164800U);
    CHECK(parse_time("1970-01-01T01:00:00+01:00") == 0U);
}

TEST_CASE("time: a leap second is the first second of the next minute") {
    CHECK(parse_time("2016-12-31T23:59:60Z") == parse_time("2017-01-01T00:00:00Z"));
}

TEST_CASE("time: seconds since 1970 are read after an at sign") {
    CHECK(parse_time("@0") == 0U);
    CHECK(parse_time("@1769860800") == 1769860800U);
    CHECK(parse_time("@9223372036854775807") == 9223372036854775807U);
}

TEST_CASE("time: what is neither is refused") {
    const auto* text =
        GENERATE("", "@", "@-1", "@-0", "@+1", "@1x", "@ 1", "@9223372036854775808", "1769860800", "2026-01-31",
                 "2026-01-31T12:00:00", "2026-01-31T12:00Z", "2026-1-31T12:00:00Z", "2026-13-01T00:00:00Z",
                 "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z",
                 "2026-01-31T12:00:61Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00+0100",
                 "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00Zulu", " 2026-01-31T12:00:00Z",
                 "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "tomorrow");
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
}

TEST_CASE("time: what is written can be read again") {
    CHECK(format_time(0) == "1970-01-01T00:00:00Z");
    CHECK(format_time(1769860801) == "2026-01-31T12:00:01Z");
    CHECK(format_time(253402300799) == "9999-12-31T23:59:59Z");
    CHECK(format_time(253402300800) == "@253402300800");
    const auto seconds = GENERATE(0U, 59U, 951782400U, 1709164800U, 4102444799U);
    CHECK(parse_time(format_time(seconds)) == seconds);
}
