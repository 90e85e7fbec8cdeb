// SPDX-License-Identifier: LGPL-2.1-or-later
// What logs a token out: time, a locked screen, sleep; and that the next use asks for the PIN again.
#include <unistd.h>

#include "fake_logind.hpp"
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

WorldSetup configured(const std::string& text) {
    return {.prepare = {"world.add_configuration('" + text + "')", FakeLogind::prepare_system_bus}};
}

bool is_logged_in(Session& session) {
    return session.caller.status().body.at(0).at("modules").at(0).at("tokens").at(0).at("logged_in").get<bool>();
}

/// The error of a signature for which nobody may be asked.
std::string sign_unasked(Session& session) {
    return session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), {{"format", std::string("der")}}).error;
}

bool is_open(Session& session) { return sign_unasked(session).empty(); }

/// Waits until the token is logged out, and shows that a person is asked again.
void require_logged_out(Session& session) {
    const auto deadline = soon();
    while (is_logged_in(session))
        if (milliseconds_until(deadline) == 0) FAIL("the token stays logged in");
    const auto prompts = session.world.pinentry_count("GETPIN");

    CHECK(sign_unasked(session) == error_name("InteractionRequired"));
    session.require_next_good_request();
    CHECK(session.world.pinentry_count("GETPIN") == prompts + 1);
}

}  // namespace

TEST_CASE("a token that nobody uses is logged out") {
    Session session(configured("[logout]\\nidle = \"2s\""));
    session.require_next_good_request();
    CHECK(is_open(session));

    require_logged_out(session);

    CHECK(session.log_lines("nobody has used it for a while") == 1);
}

TEST_CASE("a token is logged out when its PIN was typed long ago, however much it is used") {
    Session session(configured("[logout]\\nage = \"2s\""));
    session.require_next_good_request();
    CHECK(is_open(session));

    const auto deadline = soon();
    while (is_open(session))
        if (milliseconds_until(deadline) == 0) FAIL("the token stays logged in");

    require_logged_out(session);
    CHECK(session.log_lines("its PIN was typed long ago") == 1);
}

TEST_CASE("a locked screen logs out, another user's does not") {
    Session session(configured(""));
    FakeLogind logind(session.world);
    session.require_next_good_request();

    logind.lock_session(getuid() + 1);
    logind.hint_locked(getuid() + 1);
    CHECK(is_open(session));

    logind.lock_session(getuid());
    require_logged_out(session);
    logind.hint_locked(getuid());
    require_logged_out(session);
    CHECK(session.log_lines("the screen is locked") == 2);
}

TEST_CASE("the machine sleeps only after every token is logged out") {
    Session session(configured(""));
    FakeLogind logind(session.world);
    session.require_next_good_request();

    logind.sleep();
    CHECK(!is_logged_in(session));
    logind.wake_up();

    require_logged_out(session);
    logind.sleep();
    CHECK(!is_logged_in(session));
}

TEST_CASE("screen lock and suspend log nobody out if the configuration says so") {
    Session session(configured("[logout]\\nscreen_lock = false\\nsuspend = false"));
    FakeLogind logind(session.world);
    session.require_next_good_request();

    logind.lock_session(getuid());
    logind.sleep();
    logind.wake_up();

    CHECK(is_open(session));
    CHECK(session.log_lines("logging out") == 0);
}

TEST_CASE("a key whose policy is timed wants its PIN again when that was typed a while ago") {
    Session session(WorldSetup{.keys = {"rsa2048", "p256"},
                               .prepare = {"world.add_configuration('[[key]]\\nkey = \"rsa2048@example.org\"\\n"
                                           "policy = \"timed\"\\ntime = \"2s\"')"}});
    session.require_next_good_request();
    session.require_next_good_request();
    CHECK(session.world.pinentry_count("GETPIN") == 1);

    const auto deadline = soon();
    while (is_open(session))
        if (milliseconds_until(deadline) == 0) FAIL("the PIN counts for ever");

    // Who may not be asked has changed nothing: the token's other key is open.
    CHECK(is_logged_in(session));
    CHECK(session.caller.sign({"p256@example.org"}, bytes_of("hello"), {{"format", std::string("der")}}).error == "");
    session.require_next_good_request();
    CHECK(session.world.pinentry_count("GETPIN") == 2);
}

TEST_CASE("a key whose policy is confirm is used only when a person agrees, each time") {
    Session session(configured("[[key]]\\nkey = \"rsa2048@example.org\"\\npolicy = \"confirm\""));
    session.world.plan_pinentry({"pin 1234", "confirm", "cancel", "always confirm"});
    session.require_next_good_request();
    CHECK(session.world.pinentry_count("CONFIRM") == 1);

    const auto refused = session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"),
                                             with_interaction({{"format", std::string("der")}}));
    CHECK(refused.error == error_name("PinCancelled"));
    CHECK(sign_unasked(session) == error_name("InteractionRequired"));

    session.require_next_good_request();
    session.require_next_good_decryption();
    CHECK(session.world.pinentry_count("CONFIRM") == 4);
    CHECK(session.world.pinentry_count("GETPIN") == 1);
    CHECK(session.world.read_text("bin/pinentry.log").find("wants to sign") != std::string::npos);
}

TEST_CASE("a module that cannot log out loses its process, and the login with it") {
    Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront});
    session.require_next_good_request();
    session.world.set_faults({"return C_Logout CKR_DEVICE_ERROR"});

    CHECK(session.caller.control("LockToken", std::string("card")).error == "");

    session.world.set_faults({});
    require_logged_out(session);
}
