// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys that want their PIN for each use, through the bus (BAD_INPUT row 75): each operation has a prompt of its own.
#include <stdexcept>

#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const std::string der = "der";

/// A session whose token is logged in and has such a key, "strict".
struct EachUse : Session {
    EachUse() : Session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront}) {
        world.add("strict", "each_use=True");
        require_next_good_request();
        world.wait_until_asked();
        world.clear_module_calls();
    }
    void wait_until_waiting(const std::string& job) {
        const auto deadline = soon();
        while (caller.job(job, "GetState").body.at(0) != "waiting")
            if (milliseconds_until(deadline) == 0) throw std::runtime_error("the job does not wait");
    }
    std::string start_sign(BusCaller& program, const FileDescriptor& output) {
        const auto input = file_with(bytes_of("hello"));
        const auto reply = program.start_sign({"strict@example.org"}, input.get(), output.get(), {{"format", der}});
        REQUIRE(reply.error == "");
        return reply.body.at(0);
    }
};

}  // namespace

TEST_CASE("row 75: a key that wants its PIN for each use is asked for at each signature and each decryption") {
    EachUse session;
    const auto prompts = session.world.pinentry_count("GETPIN");

    session.require_next_good_request("strict");
    session.require_next_good_request("strict");
    session.require_next_good_decryption("strict");

    CHECK(session.world.pinentry_count("GETPIN") == prompts + 3);
    CHECK(session.calls("C_Login") == 3);
    const auto dialogue = session.world.read_text("bin/pinentry.log");
    CHECK_THAT(dialogue, ContainsSubstring("This key asks for the PIN at each use."));
    CHECK_THAT(dialogue, ContainsSubstring("wants to decrypt a message"));
    CHECK_THAT(dialogue, ContainsSubstring("Key: strict"));
}

TEST_CASE("row 75: without interaction such a key is InteractionRequired, before the work and without a login") {
    EachUse session;

    const auto reply = session.caller.sign({"strict@example.org"}, bytes_of("hello"), {{"format", der}});

    CHECK(reply.error == error_name("InteractionRequired"));
    CHECK_THAT(reply.message, ContainsSubstring("at each use"));
    CHECK(session.calls("C_Login") == 0);
    session.require_next_good_request("strict");
}

TEST_CASE("row 75: two jobs with such a key have a prompt each, one after the other") {
    EachUse session;
    session.world.plan_pinentry({"wait pin 1234", "pin 1234"});
    const auto first_output = make_memory_file("output"), second_output = make_memory_file("output");

    const auto first = session.start_sign(session.caller, first_output);
    session.world.wait_until_asked();
    const auto second = session.start_sign(session.caller, second_output);
    session.wait_until_waiting(second);
    CHECK(session.world.pinentry_count("GETPIN") == 2);
    session.world.release_prompt();

    CHECK(session.caller.finished(first).error == "");
    CHECK(session.caller.finished(second).error == "");
    CHECK(session.world.pinentry_count("GETPIN") == 3);
    CHECK(session.calls("C_Login") == 2);
}

TEST_CASE("row 75: a prompt for one use delays no other key of the token") {
    EachUse session;
    session.world.plan_pinentry({"wait pin 1234"});
    const auto output = make_memory_file("output");
    const auto waiting = session.start_sign(session.caller, output);
    session.world.wait_until_asked();

    session.require_next_good_request();

    CHECK(session.caller.finished_count(waiting) == 0);
    session.world.release_prompt();
    CHECK(session.caller.finished(waiting).error == "");
}

TEST_CASE("rows 75 and 87: the prompt for one use goes with its job, cancelled or left, and no login follows") {
    EachUse session;
    session.world.plan_pinentry({"wait pin 1234", "always pin 1234"});
    const auto output = make_memory_file("output");

    SECTION("cancelled") {
        const auto job = session.start_sign(session.caller, output);
        session.world.wait_until_asked();
        REQUIRE(session.caller.job(job, "Cancel").error == "");
        CHECK(session.caller.finished(job).error == error_name("Cancelled"));
    }
    SECTION("its program has left the bus") {
        BusCaller dying(session.world);
        session.start_sign(dying, output);
        session.world.wait_until_asked();
        dying.disconnect();
        session.wait_until_no_job_runs();
    }
    session.require_next_good_request("strict");

    CHECK(session.calls("C_Login") == 1);
    CHECK(content_of(output).empty());
}

TEST_CASE("rows 69 and 75: a cancelled prompt for one use is PinCancelled without a login, and audited once") {
    EachUse session;
    session.world.plan_pinentry({"cancel", "always pin 1234"});
    const auto output = make_memory_file("output");

    const auto finished = session.caller.finished(session.start_sign(session.caller, output));

    CHECK(finished.error == error_name("PinCancelled"));
    CHECK(content_of(output).empty());
    CHECK(session.calls("C_Login") == 0);
    CHECK(session.log_lines("CARDSEAL_RESULT=PinCancelled") == 1);
    session.require_next_good_request("strict");
}
