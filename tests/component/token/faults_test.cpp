// SPDX-License-Identifier: LGPL-2.1-or-later
// Modules that misbehave: each fault has one clear answer, and the next good request works.
#include <poll.h>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

struct FaultWorld {
    FaultWorld() {
        tokens.add("alpha", std::vector<std::string>{"rsa2048", "p256"});
        start();
    }
    void start() {
        worker.emplace(tokens, &faults);
        log_in();
        keys = worker->list();
        faults.clear_log();
    }
    void log_in() { worker->log_in(worker->list().tokens.front().id); }
    ErrorCode sign(const char* key = "p256", SignaturePadding padding = SignaturePadding::KeyDefined) {
        return code_of([&] {
            worker->sign(keys.key(key), {Digest::Sha256, padding, signed_attributes(Digest::Sha256)});
        });
    }
    ErrorCode sign_with(const std::string& fault) {
        faults.set(fault);
        return sign();
    }
    uint32_t post_signature() {
        return worker->post(
            ipc::MessageType::TokenSignAttributes,
            ipc::TokenSignAttributes{keys.key("p256").reference,
                                     {Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)}},
            worker->next_job());
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    WorkerProcess::Listing keys;
};

}  // namespace

TEST_CASE("token worker: a key with another's certificate makes no signature (row 62)") {
    SoftTokens tokens;
    tokens.add("alpha", {Content{"rsa2048-b", "rsa2048"}, Content{"p256-b", "p256"}, Content{"p384", "p384"}});
    WorkerProcess worker(tokens);
    worker.log_in(worker.list().tokens.front().id);
    const auto keys = worker.list();
    const auto sign = [&](const char* key, SignaturePadding padding) {
        return code_of([&] {
            worker.sign(keys.key(key), {Digest::Sha256, padding, signed_attributes(Digest::Sha256)});
        });
    };
    REQUIRE(sign("p384", SignaturePadding::KeyDefined) == ErrorCode::None);

    CHECK(sign("rsa2048", SignaturePadding::Pkcs1) == ErrorCode::ModuleFailed);
    CHECK(sign("rsa2048", SignaturePadding::Pss) == ErrorCode::ModuleFailed);
    CHECK(sign("p256", SignaturePadding::KeyDefined) == ErrorCode::ModuleFailed);
}

TEST_CASE("token worker: a module that crashes, aborts or exits ends this process alone (row 76)") {
    const auto fault = GENERATE(as<std::string>{}, "crash C_Sign", "abort C_Sign", "exit C_Sign");
    FaultWorld world;
    REQUIRE(world.sign() == ErrorCode::None);

    CHECK(world.sign_with(fault) == ErrorCode::ModuleFailed);
    world.worker->wait_for_end();

    world.faults.set("");
    world.start();
    CHECK(world.sign() == ErrorCode::None);
}

TEST_CASE("token worker: a module that hangs in one call leaves that one without an answer (row 77)") {
    FaultWorld world;
    world.faults.set("hang C_Sign");

    world.post_signature();

    CHECK(world.worker->is_silent_for(std::chrono::milliseconds(200)));
    CHECK(world.worker->runs());
    world.faults.set("");
    CHECK(world.sign() == ErrorCode::None);
}

TEST_CASE("token worker: signatures of impossible lengths are the module's failure (row 78)") {
    FaultWorld world;
    REQUIRE(world.sign() == ErrorCode::None);

    for (const char* fault : {"length C_Sign 0", "length C_Sign 9223372036854775808", "short C_Sign"}) {
        INFO(fault);
        CHECK(world.sign_with(fault) == ErrorCode::ModuleFailed);
        CHECK(world.sign("rsa2048", SignaturePadding::Pkcs1) == ErrorCode::ModuleFailed);
    }
    CHECK(world.sign_with("") == ErrorCode::None);
}

TEST_CASE("token worker: attributes of impossible lengths hide keys and do no harm (row 78)") {
    FaultWorld world;

    for (const char* fault : {"length C_GetAttributeValue 0", "length C_GetAttributeValue 9223372036854775808"}) {
        INFO(fault);
        world.faults.set(fault);
        CHECK_NOTHROW(world.worker->list());
        CHECK(world.worker->runs());
    }
    world.faults.set("");
    CHECK(world.worker->list().keys.size() == 2);
    CHECK(world.sign() == ErrorCode::None);
}

TEST_CASE("token worker: a removed token is TokenRemoved, and logged out when it is found again (row 79)") {
    const auto fault =
        GENERATE(as<std::string>{}, "return C_Sign CKR_DEVICE_REMOVED", "return C_SignInit CKR_TOKEN_NOT_PRESENT");
    FaultWorld world;
    REQUIRE(world.sign() == ErrorCode::None);

    CHECK(world.sign_with(fault) == ErrorCode::TokenRemoved);

    CHECK(world.sign_with("") == ErrorCode::InteractionRequired);
    world.log_in();
    CHECK(world.sign() == ErrorCode::None);
}

TEST_CASE("token worker: a token that is gone is absent until it is back (rows 64, 65)") {
    FaultWorld world;
    world.faults.set("return C_Sign CKR_DEVICE_REMOVED\nreturn C_GetTokenInfo CKR_TOKEN_NOT_PRESENT");
    REQUIRE(world.sign() == ErrorCode::TokenRemoved);

    CHECK(world.sign() == ErrorCode::TokenAbsent);
    CHECK(world.worker->list().tokens.empty());
    world.faults.set("");
    CHECK(world.worker->list().tokens.size() == 1);
    world.log_in();
    CHECK(world.sign() == ErrorCode::None);
}

TEST_CASE("token worker: stale handles are found again once, without a login (row 80)") {
    FaultWorld world;
    REQUIRE(world.sign() == ErrorCode::None);
    world.faults.clear_log();

    CHECK(world.sign_with("return C_SignInit CKR_SESSION_HANDLE_INVALID 1") == ErrorCode::None);
    CHECK(world.sign_with("return C_SignInit CKR_OBJECT_HANDLE_INVALID 1") == ErrorCode::None);
    CHECK(world.sign_with("return C_Sign CKR_SESSION_HANDLE_INVALID 1") == ErrorCode::None);
    CHECK(world.faults.count("C_Login") == 0);
    world.faults.clear_log();
    CHECK(world.sign_with("return C_SignInit CKR_SESSION_HANDLE_INVALID") == ErrorCode::ModuleFailed);
    CHECK(world.faults.count("C_SignInit") == 2);
    CHECK(world.sign_with("") == ErrorCode::None);
}

TEST_CASE("token worker: a missing login is told and not tried again (row 81)") {
    FaultWorld world;

    CHECK(world.sign_with("return C_SignInit CKR_USER_NOT_LOGGED_IN") == ErrorCode::InteractionRequired);
    CHECK(world.faults.count("C_SignInit") == 1);
    CHECK(world.faults.count("C_Login") == 0);
    CHECK(world.sign_with("") == ErrorCode::None);
}

TEST_CASE("token worker: a token without memory is busy (row 82)") {
    FaultWorld world;

    CHECK(world.sign_with("return C_Sign CKR_HOST_MEMORY") == ErrorCode::TokenBusy);
    CHECK(world.sign_with("return C_SignInit CKR_DEVICE_MEMORY") == ErrorCode::TokenBusy);
    CHECK(world.sign_with("return C_OpenSession CKR_SESSION_COUNT") == ErrorCode::TokenBusy);
    CHECK(world.sign_with("") == ErrorCode::None);
}

TEST_CASE("token worker: a signature that does not verify is never delivered (row 83)") {
    FaultWorld world;
    REQUIRE(world.sign() == ErrorCode::None);
    world.faults.set("corrupt C_Sign");

    CHECK(world.sign() == ErrorCode::ModuleFailed);
    CHECK(world.sign("rsa2048", SignaturePadding::Pkcs1) == ErrorCode::ModuleFailed);
    CHECK(world.sign("rsa2048", SignaturePadding::Pss) == ErrorCode::ModuleFailed);
    CHECK(world.sign_with("") == ErrorCode::None);
}

TEST_CASE("token worker: any other failure carries the module's word for it") {
    FaultWorld world;
    world.faults.set("return C_Sign CKR_DEVICE_ERROR");

    try {
        world.worker->sign(world.keys.key("p256"),
                           {Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)});
        FAIL("signed");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::ModuleFailed);
        CHECK(error.message() == "cannot sign: CKR_DEVICE_ERROR");
    }
    CHECK(world.sign_with("") == ErrorCode::None);
}

TEST_CASE("token worker: noise, signal handlers and the working folder of a module have no effect (row 84)") {
    FaultWorld world;

    CHECK(world.sign_with("meddle C_Sign") == ErrorCode::None);
    CHECK(world.sign_with("") == ErrorCode::None);
    CHECK(world.worker->list().tokens.size() == 1);
}

TEST_CASE("token worker: one unreadable token does not hide the others") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    tokens.add("beta", std::vector<std::string>{"p256-b"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    REQUIRE(worker.list().tokens.size() == 2);
    faults.set("return C_GetSessionInfo CKR_DEVICE_ERROR 1");

    CHECK(worker.list().tokens.size() == 1);
    faults.set("");
    CHECK(worker.list().tokens.size() == 2);
}

TEST_CASE("token worker: a malformed message ends the process") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    WorkerProcess worker(tokens);
    REQUIRE(worker.list().tokens.size() == 1);

    SECTION("a payload with something after the last field") {
        worker.post_payload(ipc::MessageType::ListTokens, Bytes{0}, 0, {});
    }
    SECTION("a cut payload") { worker.post_payload(ipc::MessageType::TokenSignAttributes, Bytes{1, 0, 0}, 1, {}); }
    SECTION("a message that is none of its requests") { worker.post(ipc::MessageType::Retire, ipc::Empty{}); }
    SECTION("a descriptor that nobody asked for") {
        const int file = 0;
        worker.post(ipc::MessageType::ListTokens, ipc::Empty{}, 0, {&file, 1});
    }
    CHECK(worker.wait_for_end().abnormal);
}

TEST_CASE("token worker: it ends when the broker closes the channel, and logs out in order") {
    FaultWorld world;

    world.worker->close_channel();

    CHECK_FALSE(world.worker->wait_for_end().abnormal);
    CHECK(world.faults.count("C_Finalize") == 1);
}

TEST_CASE("token worker: with a file that is no module it tells the reason, and ends when that is known") {
    auto sockets = make_packet_sockets();
    sandbox::ProcessStart start{TOKEN_WORKER, {"/bin/true"}, {}};
    start.channel = sockets.theirs.get();
    auto process = sandbox::start_process(start);
    sockets.theirs.close();
    std::optional<ipc::Channel> channel(std::in_place, std::move(sockets.ours));
    ipc::NoPacket reason;
    // One that ended with a request unread would take its own words back.
    REQUIRE(channel->send({.type = ipc::MessageType::ListTokens, .request = 1}, {}, {}, ipc::Waiting::Block) ==
            ipc::SendResult::Sent);

    const auto said = channel->receive(ipc::Waiting::Block, reason);

    REQUIRE(said);
    CHECK(said->header.type == ipc::MessageType::Failure);
    CHECK_THAT(ipc::decode<ipc::Failure>(said->payload).message, ContainsSubstring("/bin/true"));
    channel.reset();
    pollfd ended{process.pidfd(), POLLIN, 0};
    REQUIRE(poll(&ended, 1, 60'000) == 1);
    CHECK(process.reap()->text == "exit status 1");
}

TEST_CASE("token worker: a module that forgets to unlock is answered for, then its process ends") {
    FaultWorld world;
    REQUIRE(world.sign() == ErrorCode::None);

    CHECK(world.sign_with("keep-locked C_Sign") == ErrorCode::None);
    CHECK(world.worker->wait_for_end().text == "exit status 0");
}

TEST_CASE("token worker: a module that forgets to unlock is no harm to who else waits for an answer") {
    FaultWorld world;
    world.faults.set("meet C_Sign 2\nkeep-locked C_Sign");
    const auto first = world.post_signature(), second = world.post_signature();

    CHECK(world.worker->answer(first).header.type == ipc::MessageType::Signature);
    CHECK(world.worker->answer(second).header.type == ipc::MessageType::Signature);
    CHECK(world.worker->wait_for_end().text == "exit status 0");
}

TEST_CASE("token worker: a vague failure of a token that has gone is told as a removal (row 64)") {
    FaultWorld world;
    REQUIRE(world.sign() == ErrorCode::None);
    const std::string gone = "\nreturn C_GetTokenInfo CKR_TOKEN_NOT_PRESENT";

    for (const std::string vague : {"CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED", "CKR_DEVICE_ERROR"}) {
        CHECK(world.sign_with("return C_Sign " + vague + gone) == ErrorCode::TokenRemoved);
        world.faults.set("");
        world.log_in();
        CHECK(world.sign_with("return C_Sign " + vague) == ErrorCode::ModuleFailed);
    }
    CHECK(world.sign_with("return C_Sign CKR_DATA_LEN_RANGE" + gone) == ErrorCode::ModuleFailed);
    CHECK(world.sign_with("") == ErrorCode::None);
}
