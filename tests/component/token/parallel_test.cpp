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
