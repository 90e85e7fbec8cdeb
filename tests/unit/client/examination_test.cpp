// SPDX-License-Identifier: LGPL-2.1-or-later
// What the doctor finds.
#include "command/examination.hpp"

#include <unistd.h>

#include <algorithm>

#include "catch.hpp"
#include "command/report.hpp"
#include "failure.hpp"

using namespace cardseal::client;

namespace {

constexpr uint64_t now = 1'800'000'000;
constexpr uint64_t day = 24 * 3600;

/// A machine on which everything is well.
Facts healthy() {
    Key key;
    key.id = "sha256:aa";
    key.addresses = {"anna@example.org"};
    key.certificate = {1};
    key.not_before = now - day;
    key.not_after = now + 365 * day;
    Token token;
    token.label = "card";
    token.pin_state = "normal";
    Module module;
    module.path = "/usr/lib/opensc-pkcs11.so";
    module.state = "running";
    module.tokens = {token};
    Facts facts;
    facts.now = now;
    facts.status.version = "1";
    facts.status.pinentry = "/usr/bin/pinentry";
    facts.status.landlock = 4;
    facts.status.logind = true;
    facts.status.modules = {module};
    facts.keys = {key};
    facts.pinentry.flavor = "curses";
    return facts;
}

/// The one finding that is not good.
Finding only_trouble(const Facts& facts) {
    const auto findings = examine(facts);
    const auto is_trouble = [](const Finding& finding) { return finding.verdict != Verdict::Good; };
    REQUIRE(std::ranges::count_if(findings, is_trouble) == 1);
    const auto trouble = *std::ranges::find_if(findings, is_trouble);
    CHECK(!trouble.next_step.empty());
    return trouble;
}

}  // namespace

TEST_CASE("doctor: a healthy machine has nothing wrong, and each part is told") {
    const auto findings = examine(healthy());

    CHECK(std::ranges::all_of(findings, [](const Finding& finding) { return finding.verdict == Verdict::Good; }));
    CHECK(findings.size() == 7);
    CHECK_THAT(describe(findings), ContainsSubstring("nothing is wrong\n"));
}

TEST_CASE("doctor: a daemon that does not answer is told with what to do") {
    auto facts = healthy();
    facts.unreachable = failure(cardseal::ErrorCode::DaemonUnreachable, "cannot reach the daemon");

    const auto trouble = only_trouble(facts);

    CHECK(trouble.verdict == Verdict::Bad);
    CHECK(trouble.message == "cannot reach the daemon");
}

TEST_CASE("doctor: what is in the way of work") {
    auto facts = healthy();

    SECTION("no module") { facts.status.modules.clear(); }
    SECTION("a module that does not run") {
        facts.status.modules[0].state = "failed";
        facts.status.modules[0].message = "cannot load it";
    }
    SECTION("a PIN that is locked") { facts.status.modules[0].tokens[0].pin_state = "locked"; }
    SECTION("no pinentry") { facts.pinentry.failure = "No such file or directory"; }
    SECTION("no pcscd for OpenSC") { facts.status.modules[0].tokens.clear(); }

    CHECK(only_trouble(facts).verdict == Verdict::Bad);
}

TEST_CASE("doctor: what is worth knowing") {
    auto facts = healthy();

    SECTION("an expired certificate") { facts.keys[0].not_after = now - 1; }
    SECTION("one that expires soon") { facts.keys[0].not_after = now + 29 * day; }
    SECTION("one that is not valid yet") { facts.keys[0].not_before = now + 1; }
    SECTION("a key without a certificate") { facts.keys[0].certificate.clear(); }
    SECTION("wrong PINs") { facts.status.modules[0].tokens[0].pin_state = "count-low"; }
    SECTION("the last try") { facts.status.modules[0].tokens[0].pin_state = "final-try"; }
    SECTION("no Landlock") { facts.status.landlock = 0; }
    SECTION("no logind") { facts.status.logind = false; }
    SECTION("no card") {
        facts.status.modules[0].tokens.clear();
        facts.pcscd_answers = true;
    }
    SECTION("an empty reader") {
        facts.status.modules[0].tokens.clear();
        facts.status.modules[0].readers = {{"Reader 0", false, false}};
    }
    SECTION("a token that is not initialised") {
        facts.status.modules[0].tokens.clear();
        facts.status.modules[0].readers = {{"Reader 0", true, false}};
    }
    SECTION("another program") { facts.holders = {{4711, "scdaemon", "talks to cards by itself"}}; }

    CHECK(only_trouble(facts).verdict == Verdict::Note);
}

TEST_CASE("doctor: a program that has loaded one of the modules is found, by the file that a link leads to") {
    // This process has mapped its own program.
    const auto holders = find_card_holders({"/proc/self/exe"});

    const auto own = std::ranges::find(holders, getpid(), &CardHolder::pid);
    REQUIRE(own != holders.end());
    CHECK_THAT(own->reason, ContainsSubstring("has loaded /"));
    const auto others = find_card_holders({"/nonexistent/module.so"});
    CHECK(std::ranges::find(others, getpid(), &CardHolder::pid) == others.end());
}

TEST_CASE("doctor: a pinentry that is not there, and a program that is none, are told") {
    CHECK(check_pinentry("/nonexistent/pinentry").failure == "No such file or directory");
    CHECK(check_pinentry("/bin/true").failure == "it does not speak pinentry's protocol");
}
