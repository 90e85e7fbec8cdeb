// SPDX-License-Identifier: LGPL-2.1-or-later
// Modules that cannot be used, die or hang, and tokens that fail in the middle, through the bus: BAD_INPUT rows 64, 65,
// 76 to 84.
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

using Action = std::function<void()>;

const WorldSetup faulty{.fault_module = WorldSetup::FaultModule::InFront};

/// What GetStatus says of the module whose path holds this text.
Json module_status(Session& session, const std::string& path) {
    const auto status = session.caller.status();
    for (const auto& module : status.body.at(0).at("modules"))
        if (module.at("path").get<std::string>().find(path) != std::string::npos) return module;
    throw std::runtime_error("no such module: " + path);
}

void wait_until_module_runs(Session& session, const std::string& path) {
    const auto deadline = soon();
    while (module_status(session, path).at("state") != "running")
        if (milliseconds_until(deadline) == 0) throw std::runtime_error("the module does not run");
}

void wait_until_absent(Session& session, const std::string& label) {
    const auto deadline = soon();
    while (session.caller.find_keys().body.at(0).dump().find(label) != std::string::npos)
        if (milliseconds_until(deadline) == 0) throw std::runtime_error("the token does not go");
}

void wait_for_call(Session& session, const std::string& function) {
    const auto deadline = soon();
    while (session.calls(function) == 0)
        if (milliseconds_until(deadline) == 0) throw std::runtime_error(function + " is not called");
}

/// A signature or decryption by job: how it ended, and what is on the output.
struct Attempt {
    Finished finished;
    Bytes output;
};

using Start = std::function<Reply(int input, int output)>;
const Action nothing_meanwhile = [] {};

Attempt attempt_with(Session& session, const Start& start, ByteView content, const Action& meanwhile) {
    const auto input = file_with(content);
    const auto output = make_memory_file("output");
    const auto job = start(input.get(), output.get());
    REQUIRE(job.error == "");
    meanwhile();
    Attempt attempt{session.caller.finished(job.body.at(0)), {}};
    attempt.output = content_of(output);
    CHECK(session.caller.finished_count(job.body.at(0)) == 1);
    return attempt;
}

Attempt attempt_to_sign_with(Session& session, const std::string& key, const Action& meanwhile) {
    const auto start = [&](int input, int output) {
        return session.caller.start_sign({key}, input, output, {{"format", std::string("der")}});
    };
    return attempt_with(session, start, bytes_of("hello"), meanwhile);
}

Attempt attempt_to_sign(Session& session, const Action& meanwhile = nothing_meanwhile) {
    return attempt_to_sign_with(session, "rsa2048@example.org", meanwhile);
}

Attempt attempt_to_decrypt(Session& session, const Action& meanwhile = nothing_meanwhile) {
    const auto message = session.world.encrypt_with_openssl(bytes_of("secret"), session.world.identity("rsa2048"));
    const auto start = [&](int input, int output) { return session.caller.start_decrypt(input, output); };
    return attempt_with(session, start, message, meanwhile);
}

void require_failure(Session& session, const Attempt& attempt, const std::string& error) {
    INFO(attempt.finished.message << "\n" << session.world.daemon_log());
    CHECK(attempt.finished.error == error_name(error));
    CHECK(!attempt.finished.message.empty());
    CHECK(attempt.output.empty());
}

/// Both kinds of operation end with this error while the fault lasts, and work after it.
void require_both_fail(Session& session, const std::vector<std::string>& faults, const std::string& error) {
    session.require_next_good_request();
    session.world.set_faults(faults);
    require_failure(session, attempt_to_sign(session), error);
    session.world.set_faults(faults);
    require_failure(session, attempt_to_decrypt(session), error);
    session.world.set_faults({});
    session.require_next_good_request();
    session.require_next_good_decryption();
}

}  // namespace

TEST_CASE("a module that cannot be used says why in the status, and the others work") {
    const auto [setup, path, reason] = GENERATE(table<std::string, std::string, std::string>(
        {{"world.add_module_file('/nonexistent/module.so')", "/nonexistent", "No such file or directory"},
         {"world.add_module_file('/proc/self/exe')", "/proc/self/exe", "cannot load the module: "},
         {"world.add_module_file(__import__('glob').glob('/lib/*/libz.so.1')[0])", "libz", "is no PKCS#11 module"},
         {"world.set_faults('return C_Initialize CKR_DEVICE_ERROR')", "fault-module", "CKR_DEVICE_ERROR"}}));
    Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront,
                               .prepare = {"world.add_module('other', 'p256')", setup}});

    const auto module = module_status(session, path);

    CHECK(module.at("state") == "failed");
    CHECK_THAT(module.at("message").get<std::string>(), ContainsSubstring(reason));
    const auto reply =
        session.caller.sign({"other@example.org"}, bytes_of("x"), with_interaction({{"format", std::string("der")}}));
    CHECK(reply.error + reply.message == "");
}

TEST_CASE("rows 64, 65: a token that is pulled during an operation is TokenRemoved, and works again when it is back") {
    const auto [call, attempt] = GENERATE(table<std::string, Attempt (*)(Session&, const Action&)>(
        {{"C_Sign", attempt_to_sign}, {"C_Decrypt", attempt_to_decrypt}}));
    Session session(faulty);
    session.require_next_good_request();
    session.require_next_good_decryption();
    session.world.clear_module_calls();
    session.world.set_faults({"hold " + call});
    const auto pull = [&, call = call] {
        wait_for_call(session, call + "Init");
        session.world.set_faults({"remove card"});
    };

    require_failure(session, attempt(session, pull), "TokenRemoved");
    wait_until_absent(session, "card");
    require_failure(session, attempt_to_sign_with(session, "pkcs11:token=card", nothing_meanwhile), "TokenAbsent");

    session.world.set_faults({});
    session.require_next_good_request();
    session.require_next_good_decryption();
    CHECK(session.world.python("world.daemon.poll()").is_null());
}

TEST_CASE("row 67: each wrong PIN has a prompt of its own with the tries left, until the PIN is locked") {
    Session session(faulty);
    session.world.plan_pinentry({"pin 1111", "pin 2222", "pin 3333"});
    session.world.set_faults(
        {"flags CKF_USER_PIN_COUNT_LOW", "return C_Login CKR_PIN_INCORRECT 2", "return C_Login CKR_PIN_LOCKED"});

    require_failure(session, attempt_to_sign(session), "PinLocked");

    CHECK(session.world.pinentry_count("GETPIN") == 3);
    CHECK(session.world.pinentry_count("SETERROR 'Wrong PIN, few tries left.'") == 2);
    CHECK(session.calls("C_Login") == 3);
    session.world.set_faults({});
    session.world.plan_pinentry({"always pin 1234"});
    session.require_next_good_request();
}

TEST_CASE("row 77: a module that keeps dying is started again after longer and longer, and others do not notice") {
    Session session(
        WorldSetup{.fault_module = WorldSetup::FaultModule::InFront, .prepare = {"world.add_module('other', 'p256')"}});
    const auto options = with_interaction({{"format", std::string("der")}});
    REQUIRE(session.caller.sign({"other@example.org"}, bytes_of("x"), options).error == "");
    const auto prompts = session.world.pinentry_count("GETPIN");
    const auto begin = std::chrono::steady_clock::now();
    session.world.set_faults({"crash C_Sign", "crash C_GetInfo"});
    require_failure(session, attempt_to_sign(session), "ModuleFailed");

    // It dies, and is started at once, after 1 s and after 2 s more.
    while (session.log_lines("<3>the process of module") < 4)
        REQUIRE(session.caller.sign({"other@example.org"}, bytes_of("x"), {{"format", std::string("der")}}).error ==
                "");

    CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::seconds(3));
    CHECK(session.world.pinentry_count("GETPIN") == prompts + 1);
    CHECK(module_status(session, "fault-module").at("state") == "failed");
    session.world.set_faults({});
    wait_until_module_runs(session, "fault-module");
    session.require_next_good_request();
}

TEST_CASE("row 78: signatures of impossible lengths are ModuleFailed, and attributes of such lengths do no harm") {
    Session session(faulty);
    session.require_next_good_request();

    for (const auto* fault : {"length C_Sign 0", "length C_Sign 9223372036854775808", "short C_Sign"}) {
        INFO(fault);
        session.world.set_faults({fault});
        require_failure(session, attempt_to_sign(session), "ModuleFailed");
    }
    for (const auto* fault : {"length C_GetAttributeValue 0", "length C_GetAttributeValue 9223372036854775808"}) {
        INFO(fault);
        session.world.set_faults({fault});
        CHECK(session.caller.find_keys().error == "");
    }
    session.world.set_faults({});
    session.require_next_good_request();
    session.require_next_good_decryption();
}

TEST_CASE("row 78: a decryption of an impossible length is an undecryptable message like any other") {
    Session session(faulty);
    session.require_next_good_decryption();
    const auto message =
        session.world.encrypt_with_openssl(bytes_of("secret"), session.world.identity("rsa2048"), {"-aes-256-gcm"});

    for (const auto* fault : {"length C_Decrypt 0", "length C_Decrypt 9223372036854775808", "short C_Decrypt"}) {
        INFO(fault);
        session.world.set_faults({fault});
        const auto reply = session.caller.decrypt(message, interaction_allowed);
        CHECK(reply.error + ": " + reply.message == error_name("DecryptFailed") + ": the message cannot be decrypted");
    }
    session.world.set_faults({});
    session.require_next_good_decryption();
}

TEST_CASE("row 79: CKR_DEVICE_REMOVED is TokenRemoved, and the next request asks for the PIN again") {
    Session session(faulty);

    require_both_fail(session, {"return C_Sign CKR_DEVICE_REMOVED", "return C_Decrypt CKR_DEVICE_REMOVED"},
                      "TokenRemoved");
}

TEST_CASE("row 80: a lost session is opened again once, without a login") {
    Session session(faulty);
    session.require_next_good_request();
    session.world.clear_module_calls();

    session.world.set_faults(
        {"return C_SignInit CKR_SESSION_HANDLE_INVALID 1", "return C_DecryptInit CKR_OBJECT_HANDLE_INVALID 1"});
    session.require_next_good_request();
    session.require_next_good_decryption();
    session.world.set_faults({"return C_SignInit CKR_SESSION_HANDLE_INVALID"});
    require_failure(session, attempt_to_sign(session), "ModuleFailed");

    CHECK(session.calls("C_SignInit") == 4);
    CHECK(session.calls("C_Login") == 0);
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 81: a token that somebody else has logged out has a new prompt, in the same operation") {
    const auto [call, attempt] = GENERATE(table<std::string, Attempt (*)(Session&, const Action&)>(
        {{"C_SignInit", attempt_to_sign}, {"C_DecryptInit", attempt_to_decrypt}}));
    Session session(faulty);
    session.require_next_good_request();
    session.world.clear_module_calls();
    const auto prompts = session.world.pinentry_count("GETPIN");
    session.world.set_faults({"log-out " + call + " 1"});

    const auto ended = attempt(session, nothing_meanwhile);

    INFO(session.world.daemon_log());
    CHECK(ended.finished.error + ended.finished.message == "");
    CHECK(session.world.pinentry_count("GETPIN") == prompts + 1);
    CHECK(session.calls("C_Login") == 1);
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 81: who does not allow a prompt is told that one is needed, and nothing is tried again") {
    Session session(faulty);
    session.require_next_good_request();
    session.world.clear_module_calls();
    session.world.set_faults({"return C_SignInit CKR_USER_NOT_LOGGED_IN"});

    const auto reply = session.caller.sign({"rsa2048@example.org"}, bytes_of("x"), {{"format", std::string("der")}});

    CHECK(reply.error == error_name("InteractionRequired"));
    CHECK(session.calls("C_SignInit") == 1);
    CHECK(session.calls("C_Login") == 0);
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 82: a token without memory is TokenBusy") {
    Session session(faulty);

    require_both_fail(session, {"return C_Sign CKR_HOST_MEMORY", "return C_Decrypt CKR_DEVICE_MEMORY"}, "TokenBusy");
}

TEST_CASE("row 84: what a module writes, its signal handlers and its working folder have no effect elsewhere") {
    Session session(
        WorldSetup{.fault_module = WorldSetup::FaultModule::InFront, .prepare = {"world.add_module('other', 'p256')"}});
    session.world.set_faults({"meddle C_Sign", "meddle C_Decrypt", "meddle C_Login"});

    session.require_next_good_request();
    session.require_next_good_decryption();

    const auto said = session.world.run({"env", "cardseal", "sign", "--format", "der", "--key", "rsa2048@example.org"},
                                        bytes_of("hello"));
    CHECK(said.errors == "");
    CHECK(said.output.find("noise") == std::string::npos);
    CHECK(session.caller.sign({"other@example.org"}, bytes_of("x"), with_interaction({{"format", std::string("der")}}))
              .error == "");
    // The daemon and its workers still end when they are told to.
    session.world.python("world.stop_daemon()");
}
