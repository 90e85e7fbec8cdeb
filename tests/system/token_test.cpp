// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens and PINs through the bus: BAD_INPUT rows 61-63, 66, 69, 73, 76, 77, 83, and the cost of a warm signature.
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const WorldSetup counted{.fault_module = WorldSetup::FaultModule::InFront};

/// Signs by job, as a program would, and expects this error, one answer and nothing on the output.
std::string require_sign_failure(Session& session, const std::string& key, const std::string& error) {
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto job = session.caller.start_sign({key}, input.get(), output.get(), {{"format", std::string("der")}});
    REQUIRE(job.error == "");
    const auto finished = session.caller.finished(job.body.at(0));
    INFO(finished.message << "\n" << session.world.daemon_log());
    CHECK(finished.error == error_name(error));
    CHECK(!finished.message.empty());
    CHECK(content_of(output).empty());
    CHECK(session.caller.finished_count(job.body.at(0)) == 1);
    return finished.message;
}

}  // namespace

TEST_CASE("row 61: a certificate without its key is NoSuchKey") {
    Session session(WorldSetup{.prepare = {"world.add('bare', 'p256', key=False)"}});

    require_sign_failure(session, "bare@example.org", "NoSuchKey");

    session.require_next_good_request();
}

TEST_CASE("row 62: the self-check stops a signature by a key that has another's certificate") {
    // Two P-256 keys: one's private key and the other's certificate share a CKA_ID.
    Session session(WorldSetup{
        .prepare = {"world.identities.update(a=world.authority.identity('a', 'p256'), b=world.authority.identity('b', "
                    "'p256')) and None",
                    "world.token.add(world.identities['a'], certificate=False, object_id='77') and None",
                    "world.token.add(world.identities['b'], key=False, object_id='77') and None"}});

    require_sign_failure(session, "b@example.org", "ModuleFailed");

    session.require_next_good_request();
}

TEST_CASE("row 63: a key on an absent token is TokenAbsent with its label") {
    Session session;

    const auto message = require_sign_failure(session, "pkcs11:token=left-at-home", "TokenAbsent");

    CHECK_THAT(message, ContainsSubstring("left-at-home"));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    session.require_next_good_request();
}

TEST_CASE("row 66: a label that two tokens have is Ambiguous with both listed") {
    Session session(WorldSetup{.prepare = {"world.add('second', 'p256', on=world.softhsm.token('card', '5678'))"}});
    const auto second = session.world.python("world.identities['second'].key_id").get<std::string>();

    const auto message = require_sign_failure(session, "pkcs11:token=card", "Ambiguous");

    CHECK_THAT(message, ContainsSubstring(session.world.identity("rsa2048").key_id));
    CHECK_THAT(message, ContainsSubstring(second));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    session.require_next_good_request();
}

TEST_CASE("row 69: a cancelled PIN prompt is PinCancelled without a login") {
    Session session(counted);
    session.world.plan_pinentry({"cancel", "always pin 1234"});

    require_sign_failure(session, "rsa2048@example.org", "PinCancelled");

    CHECK(session.calls("C_Login") == 0);
    session.require_next_good_request();
}

TEST_CASE("a PIN prompt that times out is PinTimeout without a login") {
    Session session(counted);
    session.world.plan_pinentry({"timeout", "always pin 1234"});

    require_sign_failure(session, "rsa2048@example.org", "PinTimeout");

    CHECK(session.calls("C_Login") == 0);
    session.require_next_good_request();
}

TEST_CASE("a wrong PIN is sent once for each time that a person types it") {
    Session session(counted);
    session.world.plan_pinentry({"pin 9999", "cancel", "always pin 1234"});

    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto job =
        session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", std::string("der")}});
    const auto finished = session.caller.finished(job.body.at(0));

    CHECK((finished.error == error_name("PinIncorrect") || finished.error == error_name("PinCancelled")));
    CHECK(content_of(output).empty());
    CHECK(session.calls("C_Login") == 1);
    session.world.plan_pinentry({"always pin 1234"});
    session.require_next_good_request();
}

TEST_CASE("row 73: an empty PIN is refused and not sent to the token") {
    Session session(counted);
    session.world.plan_pinentry({"empty", "cancel", "always pin 1234"});

    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto job =
        session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", std::string("der")}});
    const auto finished = session.caller.finished(job.body.at(0));

    CHECK((finished.error == error_name("PinIncorrect") || finished.error == error_name("PinCancelled")));
    CHECK(content_of(output).empty());
    CHECK(session.calls("C_Login") == 0);
    session.world.plan_pinentry({"always pin 1234"});
    session.require_next_good_request();
}

TEST_CASE("row 76: a module that dies is ModuleFailed, is replaced, and others do not notice") {
    for (const auto* way : {"crash", "abort", "exit"}) {
        Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront,
                                   .prepare = {"world.add_module('other', 'p256')"}});
        const auto other = session.world.python("world.identities['other'].key_id").get<std::string>();
        const auto options = with_interaction({{"format", std::string("der")}});
        REQUIRE(session.caller.sign({other}, bytes_of("before"), options).error == "");
        const auto prompts_before = session.world.pinentry_count("GETPIN");
        session.world.set_faults({std::string(way) + " C_Sign"});
        INFO(way);

        require_sign_failure(session, "rsa2048@example.org", "ModuleFailed");

        // The other module is still logged in: no prompt.
        CHECK(session.caller.sign({other}, bytes_of("after"), {{"format", std::string("der")}}).error == "");
        CHECK(session.world.pinentry_count("GETPIN") == prompts_before + 1);
        session.world.set_faults({});
        session.require_next_good_request();
    }
}

TEST_CASE("row 77: a module that hangs is a Timeout, is killed and replaced, and others do not wait") {
    Session session(
        WorldSetup{.fault_module = WorldSetup::FaultModule::InFront, .prepare = {"world.add_module('other', 'p256')"}});
    const auto other = session.world.python("world.identities['other'].key_id").get<std::string>();
    session.world.set_faults({"hang C_Sign"});
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto job =
        session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", std::string("der")}});
    REQUIRE(job.error == "");
    session.world.wait_until_asked();

    CHECK(
        session.caller.sign({other}, bytes_of("meanwhile"), with_interaction({{"format", std::string("der")}})).error ==
        "");
    CHECK(session.caller.finished_count(job.body.at(0)) == 0);
    const auto finished = session.caller.finished(job.body.at(0));

    CHECK(finished.error == error_name("Timeout"));
    CHECK(content_of(output).empty());
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 83: a signature that does not verify is ModuleFailed and never delivered") {
    Session session(counted);
    session.world.set_faults({"corrupt C_Sign"});

    require_sign_failure(session, "rsa2048@example.org", "ModuleFailed");
    CHECK(session.calls("C_Sign") == 1);

    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("a warm signature costs two PKCS#11 calls") {
    Session session(counted);
    session.require_next_good_request();
    session.world.clear_module_calls();

    const auto reply =
        session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), {{"format", std::string("der")}});

    REQUIRE(reply.error == "");
    CHECK(session.world.module_calls() == std::vector<std::string>{"C_SignInit CKR_OK", "C_Sign CKR_OK"});
}

TEST_CASE("every private-key operation leaves one audit record without a PIN or plaintext") {
    Session session;
    const auto& identity = session.world.identity("rsa2048");
    session.require_next_good_request();
    session.require_next_good_decryption();
    session.world.plan_pinentry({});

    const auto log = session.world.daemon_log();

    CHECK(session.log_lines("CARDSEAL_OPERATION=sign CARDSEAL_KEY=" + identity.key_id) == 1);
    CHECK(session.log_lines("CARDSEAL_OPERATION=unwrap CARDSEAL_KEY=" + identity.key_id) == 1);
    CHECK(session.log_lines("CARDSEAL_RESULT=Done") == 2);
    CHECK(session.log_lines("CARDSEAL_PRINCIPAL=uid ") == 2);
    CHECK(session.log_lines("CARDSEAL_MESSAGE_DIGEST=") == 2);
    CHECK(log.find("1234") == std::string::npos);
    CHECK(log.find("the next good") == std::string::npos);
}

TEST_CASE("a failed private-key operation is audited too") {
    Session session(counted);
    session.world.set_faults({"return C_Sign CKR_DEVICE_REMOVED"});

    require_sign_failure(session, "rsa2048@example.org", "TokenRemoved");

    CHECK(session.log_lines("CARDSEAL_RESULT=TokenRemoved") == 1);
    session.world.set_faults({});
    session.require_next_good_request();
}
