// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the daemon's command line.
#include "broker/command_line.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "refusal.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

CommandLine parsed(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "cardseald");
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    return parse_command_line(pointers);
}

}  // namespace

TEST_CASE("command line: configuration and libexecdir are taken") {
    const auto line = parsed({"--config", "/c.toml", "--libexecdir", "/w"});

    CHECK(line.configuration == "/c.toml");
    CHECK(line.libexecdir == "/w");
    CHECK(line.purpose == Purpose::Serve);
    CHECK_FALSE(line.answer);
}

TEST_CASE("command line: the configuration may be checked instead") {
    const auto line = parsed({"--check", "--config", "/c.toml"});

    CHECK(line.purpose == Purpose::CheckConfiguration);
    CHECK(line.configuration == "/c.toml");
}

TEST_CASE("command line: help and version are answered") {
    CHECK(parsed({"--version"}).answer == "cardseald 0.1.0\n");
    CHECK(parsed({"--help"}).answer.value().find("Usage: cardseald") != std::string::npos);
}

TEST_CASE("command line: an unknown argument or a missing value is refused by name") {
    CHECK_THAT(refusal_of([] { return parsed({"--fast"}); }).message(), ContainsSubstring("--fast"));
    CHECK_THAT(refusal_of([] { return parsed({"--config"}); }).message(), ContainsSubstring("--config"));
}
