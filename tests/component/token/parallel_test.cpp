// SPDX-License-Identifier: LGPL-2.1-or-later
// Several requests at once: what waits for a person or a slot does not hold up signatures.
#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

uint32_t post_signature(WorkerProcess& worker, const ipc::KeyFound& key) {
    const auto padding = key.type == KeyType::Rsa ? SignaturePadding::Pkcs1 : SignaturePadding::KeyDefined;
    return worker.post(
        ipc::MessageType::TokenSignAttributes,
        ipc::TokenSignAttributes{key.reference, {Digest::Sha256, padding, signed_attributes(Digest::Sha256)}},
        worker.next_job());
}

/// A statement of the fault module that holds for this token alone.
std::string on(const ipc::TokenFound& token, const std::string& statement) {
    return statement + " slot " + std::to_string(token.slot);
}

void require_signature(WorkerProcess& worker, uint32_t request) {
    REQUIRE_FALSE(worker.expect<ipc::Signature>(request, ipc::MessageType::Signature).bytes.empty());
}

}  // namespace

TEST_CASE("token worker: many requests in flight are all answered, each with its number") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048", "p256"});
    tokens.add("beta", std::vector<std::string>{"p256-b"});
    WorkerProcess worker(tokens);
    for (const auto& token : worker.list().tokens) worker.log_in(token.id);
    const auto keys = worker.list();

    for (int round = 0; round < 8; ++round) {
        std::vector<uint32_t> requests;
        for (const char* name : {"rsa2048", "p256", "p256-b", "p256"})
            requests.push_back(post_signature(worker, keys.key(name)));
        const auto listing = worker.post(ipc::MessageType::ListTokens, ipc::Empty{});
        for (const auto request : requests) require_signature(worker, request);
        while (worker.answer(listing).header.type != ipc::MessageType::Done) continue;
    }
}

TEST_CASE("token worker: parallel first signatures find their keys and sessions") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256", "p384"});
    WorkerProcess worker(tokens);
    const auto keys = worker.list();
    worker.log_in(keys.tokens.front().id);

    std::vector<uint32_t> requests;
    for (const char* name : {"p256", "p384", "p256", "p384"})
        requests.push_back(post_signature(worker, keys.key(name)));

    for (const auto request : requests) require_signature(worker, request);
}

TEST_CASE("token worker: signatures on one token run at the same time, and so do those on another") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048", "p256"});
    tokens.add("beta", std::vector<std::string>{"p256-b"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    for (const auto& token : worker.list().tokens) worker.log_in(token.id);
    const auto keys = worker.list();
    // Each of the three waits in the module for the two others.
    faults.set("meet C_Sign 3");

    std::vector<uint32_t> requests;
    for (const char* name : {"rsa2048", "p256", "p256-b"}) requests.push_back(post_signature(worker, keys.key(name)));

    for (const auto request : requests) require_signature(worker, request);
}

TEST_CASE("token worker: a slow token holds up no other of its module, whatever waits for it") {
    SoftTokens tokens;
    tokens.add("slow", std::vector<std::string>{"p256-b"});
    tokens.add("alpha", std::vector<std::string>{"p256"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    const auto keys = worker.list();
    const auto& slow = keys.token("slow");
    const auto& alpha = keys.token("alpha");
    worker.log_in(slow.id);
    ScriptedPinentry pinentry({types(test_pin)});
    faults.set(on(slow, "hold C_SignInit"));
    std::vector<uint32_t> waiting;
    for (int i = 0; i < 16; ++i) waiting.push_back(post_signature(worker, keys.key("p256-b")));

    CHECK(worker.log_in(alpha.id, pinentry).result == ipc::LoginResult::LoggedIn);
    for (int i = 0; i < 8; ++i) require_signature(worker, post_signature(worker, keys.key("p256")));
    CHECK(worker.list().tokens.size() == 2);
    CHECK(faults.count("C_SignInit") == 8);

    faults.set("");
    for (const auto request : waiting) require_signature(worker, request);
}

TEST_CASE("token worker: a token that hangs when it is looked at holds up no signature of another") {
    SoftTokens tokens;
    tokens.add("slow", std::vector<std::string>{"p256-b"});
    tokens.add("alpha", std::vector<std::string>{"p256"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    const auto keys = worker.list();
    worker.log_in(keys.token("alpha").id);
    faults.set(on(keys.token("slow"), "hold C_GetTokenInfo") + "\n" + on(keys.token("slow"), "hold C_GetSessionInfo"));
    const auto listing = worker.post(ipc::MessageType::ListTokens, ipc::Empty{});

    for (int i = 0; i < 8; ++i) require_signature(worker, post_signature(worker, keys.key("p256")));

    faults.set("");
    while (worker.answer(listing).header.type != ipc::MessageType::Done) continue;
}

TEST_CASE("token worker: two tokens are logged in to at the same time, each by its own person") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    tokens.add("beta", std::vector<std::string>{"p256-b"});
    WorkerProcess worker(tokens);
    const auto keys = worker.list();
    ScriptedPinentry nobody({{Reaction::Kind::Silence}}), somebody({types(test_pin)});
    const auto waiting = worker.post_login(keys.token("alpha").id, nobody);

    CHECK(worker.log_in(keys.token("beta").id, somebody).result == ipc::LoginResult::LoggedIn);

    nobody.hang_up();
    CHECK(worker.expect<ipc::LoginEnded>(waiting, ipc::MessageType::LoginEnded).result ==
          ipc::LoginResult::PinentryFailed);
}

TEST_CASE("token worker: the threads of a token go with it") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    const auto keys = worker.list();
    worker.log_in(keys.tokens.front().id);
    const auto threads_without_tokens = worker.threads() - 1;
    faults.set("meet C_Sign 2");
    const std::vector requests{post_signature(worker, keys.key("p256")), post_signature(worker, keys.key("p256"))};
    for (const auto request : requests) require_signature(worker, request);
    REQUIRE(worker.threads() == threads_without_tokens + 3);
    faults.set("return C_GetTokenInfo CKR_TOKEN_NOT_PRESENT");

    // A thread that has answered may still be on its way to rest; then its lane goes with the next look.
    for (int looks = 0; worker.threads() > threads_without_tokens && looks < 1000; ++looks)
        CHECK(worker.list().tokens.empty());

    CHECK(worker.threads() == threads_without_tokens);
    faults.set("");
    CHECK(worker.list().tokens.size() == 1);
    worker.log_in(keys.tokens.front().id);
    require_signature(worker, post_signature(worker, keys.key("p256")));
}

TEST_CASE("token worker: a prompt that waits for a person holds up nothing else") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    tokens.add("beta", std::vector<std::string>{"p256-b"});
    WorkerProcess worker(tokens);
    const auto keys = worker.list();
    worker.log_in(keys.token("alpha").id);
    ScriptedPinentry nobody({{Reaction::Kind::Silence}});
    const auto login = worker.post_login(keys.token("beta").id, nobody);

    for (int i = 0; i < 8; ++i) require_signature(worker, post_signature(worker, keys.key("p256")));
    CHECK(worker.list().tokens.size() == 2);

    nobody.hang_up();
    CHECK(worker.expect<ipc::LoginEnded>(login, ipc::MessageType::LoginEnded).result ==
          ipc::LoginResult::PinentryFailed);
}

TEST_CASE("token worker: a look at the slots that hangs holds up no signature") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    const auto keys = worker.list();
    worker.log_in(keys.tokens.front().id);
    require_signature(worker, post_signature(worker, keys.key("p256")));
    faults.set("hang C_GetSlotList");
    worker.post(ipc::MessageType::ListTokens, ipc::Empty{});

    for (int i = 0; i < 8; ++i) require_signature(worker, post_signature(worker, keys.key("p256")));
}

TEST_CASE("token worker: when the token gives no more sessions, operations take turns") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    const auto keys = worker.list();
    worker.log_in(keys.tokens.front().id);
    require_signature(worker, post_signature(worker, keys.key("rsa2048")));
    faults.set("return C_OpenSession CKR_SESSION_COUNT");

    std::vector<uint32_t> requests;
    for (int i = 0; i < 8; ++i) requests.push_back(post_signature(worker, keys.key("rsa2048")));

    for (const auto request : requests) require_signature(worker, request);
}
