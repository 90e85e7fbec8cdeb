// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of text that may go over the bus.
#include "broker/bus_text.hpp"

#include "catch.hpp"

using cardseal::broker::bus_text;

static const std::string replaced = "\xEF\xBF\xBD";

TEST_CASE("bus text: UTF-8 stays as it is") {
    for (const std::string text : {"", "abc", "Größe €", "\xF0\x9F\x94\x91"}) CHECK(bus_text(text) == text);
}

TEST_CASE("bus text: what the bus refuses is replaced, the rest stays") {
    CHECK(bus_text("a\xFFz") == "a" + replaced + "z");
    CHECK(bus_text("\xC3") == replaced);
    CHECK(bus_text("\xC3(") == replaced + "(");
    CHECK(bus_text(std::string("a\0b", 3)) == "a" + replaced + "b");
    for (const std::string bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xEF\xBF\xBE", "\xEF\xB7\x90"})
        CHECK(bus_text(bad).find(bad) == std::string::npos);
}
