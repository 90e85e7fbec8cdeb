// SPDX-License-Identifier: LGPL-2.1-or-later
// Prompts and notices through the bus: BAD_INPUT rows 67, 68, 71, 72, and what a person sees while a token is slow.
#include <stdexcept>

#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const std::string der = "der";

/// A session whose token may be told how to behave before the daemon has looked at it.
struct PromptSession : Session {
    explicit PromptSession(const std::vector<std::string>& faults = {})
        : Session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront}) {
        world.set_faults(faults);
    }
    std::string start_sign() {
        const auto input = file_with(bytes_of("hello"));
        const auto reply = caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", der}});
        REQUIRE(reply.error == "");
        return reply.body.at(0);
    }
    Finished sign() { return caller.finished(start_sign()); }
    bool dialogue_has(const std::string& text) const {
        return world.read_text("bin/pinentry.log").find(text) != std::string::npos;
    }
    void wait_for_dialogue(const std::string& text) const {
        const auto deadline = soon();
        while (!dialogue_has(text))
            if (milliseconds_until(deadline) == 0) throw std::runtime_error("pinentry is not told: " + text);
    }

    FileDescriptor output = make_memory_file("output");
};

}  // namespace

TEST_CASE("row 67: three wrong PINs are three prompts with the tries left, each sent once, then the next is right") {
    PromptSession session;
    session.world.plan_pinentry({"pin 9999", "pin 8888", "pin 7777", "always pin 1234"});

    const auto finished = session.sign();

    CHECK(finished.error == error_name("PinIncorrect"));
    CHECK(session.world.pinentry_count("GETPIN") == 3);
    CHECK(session.dialogue_has("Wrong PIN, few tries left."));
    CHECK(session.calls("C_Login") == 3);
    session.require_next_good_request();
}

TEST_CASE("row 67: a PIN that locks the token is PinLocked") {
    PromptSession session({"return C_Login CKR_PIN_LOCKED"});

    CHECK(session.sign().error == error_name("PinLocked"));

    CHECK(session.calls("C_Login") == 1);
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 68: the last try asks for a confirmation first") {
    PromptSession session({"flags CKF_USER_PIN_FINAL_TRY"});
    session.world.plan_pinentry({"cancel", "confirm", "pin 1234"});

    CHECK(session.sign().error == error_name("PinCancelled"));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    CHECK(session.calls("C_Login") == 0);

    CHECK(session.sign().error == "");
    CHECK(session.dialogue_has("Only one try is left"));
    CHECK(session.calls("C_Login") == 1);
}

TEST_CASE("row 71: a locked PIN is PinLocked without a prompt or a login") {
    PromptSession session({"flags CKF_USER_PIN_LOCKED"});

    const auto finished = session.sign();

    CHECK(finished.error == error_name("PinLocked"));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    CHECK(session.calls("C_Login") == 0);
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 72: a pin pad has a notice that says who wants what, as long as the token waits for it") {
    PromptSession session({"flags CKF_PROTECTED_AUTHENTICATION_PATH", "pin-pad 1234", "hold C_Login"});
    const auto job = session.start_sign();

    session.wait_for_dialogue("MESSAGE");
    CHECK(session.dialogue_has("enter the PIN at the reader"));
    CHECK(session.dialogue_has("wants to sign"));
    CHECK_FALSE(session.dialogue_has("MESSAGE gone"));
    session.world.set_faults({"flags CKF_PROTECTED_AUTHENTICATION_PATH", "pin-pad 1234"});

    CHECK(session.caller.finished(job).error == "");
    session.wait_for_dialogue("MESSAGE gone");
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    CHECK(session.calls("C_Login") == 1);
}

TEST_CASE("row 72: a pin pad works where pinentry does not") {
    Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront,
                               .prepare = {"world.write_configuration(fault_module=True, pinentry='/nonexistent')",
                                           "world.set_faults('flags CKF_PROTECTED_AUTHENTICATION_PATH', 'pin-pad "
                                           "1234')"}});

    session.require_next_good_request();

    CHECK(session.calls("C_Login") == 1);
}

TEST_CASE("a token that is slow has a notice, which goes when it has answered") {
    PromptSession session;
    session.require_next_good_request();
    session.world.set_faults({"hold C_Sign"});
    const auto job = session.start_sign();

    session.wait_for_dialogue("MESSAGE");
    CHECK(session.dialogue_has("touch it if it wants that, or wait"));
    session.world.set_faults({});

    CHECK(session.caller.finished(job).error == "");
    session.wait_for_dialogue("MESSAGE gone");
    session.require_next_good_request();
}

TEST_CASE("a notice gives way to a prompt for another token") {
    Session session(
        WorldSetup{.fault_module = WorldSetup::FaultModule::InFront, .prepare = {"world.add_module('other', 'p256')"}});
    const auto other = session.world.python("world.identities['other'].key_id").get<std::string>();
    session.require_next_good_request();
    session.world.set_faults({"hold C_Sign"});
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto slow = session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", der}});
    const auto deadline = soon();
    while (session.world.pinentry_count("MESSAGE") == 0)
        if (milliseconds_until(deadline) == 0) throw std::runtime_error("no notice");

    CHECK(session.caller.sign({other}, bytes_of("meanwhile"), with_interaction({{"format", der}})).error == "");

    CHECK(session.caller.finished_count(slow.body.at(0)) == 0);
    session.world.set_faults({});
    CHECK(session.caller.finished(slow.body.at(0)).error == "");
}
