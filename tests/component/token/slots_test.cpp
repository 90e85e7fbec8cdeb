// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens and readers that come and go, with modules that wait for slot events and modules that are polled.
#include <algorithm>
#include <iostream>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

/// What every case is run with: how the module lets itself be watched.
const char* const ways_to_watch[] = {"", "slot-events\n", "slot-events stall\n"};

/// A worker whose module's slots can be changed, and that has told what is in them.
struct PlugWorld {
    explicit PlugWorld(std::string watching) : watching_(std::move(watching)) {
        tokens.add("alpha", std::vector<std::string>{"p256"});
        tokens.add("beta", std::vector<std::string>{"p256-b"});
        plug("");
        worker.emplace(tokens, &faults);
        keys = worker->list();
    }
    void plug(const std::string& statements) { faults.set(watching_ + statements); }
    /// Changes the slots, and lists whenever the worker says that something changed until `count` tokens are there.
    const WorkerProcess::Listing& list_after(const std::string& statements, size_t count) {
        const auto begun = std::chrono::steady_clock::now();
        plug(statements);
        do {
            worker->wait_for_change();
            keys = worker->list();
        } while (keys.tokens.size() != count);
        const auto time = std::chrono::steady_clock::now() - begun;
        std::cout << (watching_.empty() ? "polled" : watching_.substr(0, watching_.size() - 1)) << ", '" << statements
                  << "': listed after " << std::chrono::duration_cast<std::chrono::milliseconds>(time).count()
                  << " ms\n";
        return keys;
    }
    ErrorCode sign(const char* key) {
        return code_of([&] {
            worker->sign(keys.key(key),
                         {Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)});
        });
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    WorkerProcess::Listing keys;

private:
    const std::string watching_;
};

}  // namespace

TEST_CASE("token worker: a token that is pulled and one that is put back are told, waiting and polling (row 65)") {
    const auto* watching = GENERATE(from_range(std::begin(ways_to_watch), std::end(ways_to_watch)));
    PlugWorld world(watching);
    REQUIRE(world.keys.tokens.size() == 2);

    CHECK(world.list_after("remove alpha", 1).tokens.front().label == "beta");
    CHECK(world.list_after("", 2).key("p256").has_private_key);
}

TEST_CASE("token worker: no session from before is touched once a token was seen to be gone (row 65)") {
    const auto* watching = GENERATE(from_range(std::begin(ways_to_watch), std::end(ways_to_watch)));
    PlugWorld world(watching);
    world.worker->log_in(world.keys.token("alpha").id);
    REQUIRE(world.sign("p256") == ErrorCode::None);
    world.faults.clear_log();

    world.list_after("remove alpha", 1);
    world.list_after("", 2);
    CHECK_FALSE(world.keys.token("alpha").logged_in);
    CHECK(world.sign("p256") == ErrorCode::InteractionRequired);
    world.worker->log_in(world.keys.token("alpha").id);
    CHECK(world.sign("p256") == ErrorCode::None);

    CHECK(std::ranges::none_of(world.faults.calls(), [](const auto& call) { return call.ends_with(" stale"); }));
}

TEST_CASE("token worker: a token that was away for a moment wants its PIN again, and then works (rows 65, 81)") {
    PlugWorld world("slot-events\n");
    world.worker->log_in(world.keys.token("alpha").id);
    REQUIRE(world.sign("p256") == ErrorCode::None);
    world.plug("remove alpha");
    world.worker->wait_for_change();
    world.plug("");

    // Nobody has listed meanwhile: the sessions of before are found to be lost.
    CHECK(world.sign("p256") == ErrorCode::InteractionRequired);
    world.worker->log_in(world.keys.token("alpha").id);
    CHECK(world.sign("p256") == ErrorCode::None);
}

TEST_CASE("token worker: the objects of a token that was away for a moment are looked for again") {
    PlugWorld world("slot-events\n");
    world.worker->log_in(world.keys.token("alpha").id);
    world.plug("return C_Sign CKR_DATA_INVALID");
    // Its session is closed, and no other is left that could tell.
    REQUIRE(world.sign("p256") == ErrorCode::ModuleFailed);
    world.plug("remove alpha");
    world.worker->wait_for_change();
    world.plug("");
    world.faults.clear_log();

    CHECK(world.sign("p256") == ErrorCode::InteractionRequired);

    CHECK(world.faults.count("C_FindObjectsInit") == 1);
    CHECK(world.faults.count("C_SignInit") == 0);
}

TEST_CASE("token worker: a PIN that is typed for a token does not go to one that has taken its place") {
    PlugWorld world("");
    const auto alpha = world.keys.token("alpha"), beta = world.keys.token("beta");
    const auto swap = "unplug alpha\nslot-offset " + std::to_string(alpha.slot - beta.slot);
    ScriptedPinentry person({types_after([&] { world.plug(swap); }, test_pin)});

    CHECK(code_of([&] { world.worker->log_in(alpha.id, person); }) == ErrorCode::TokenRemoved);
    CHECK(person.commands("GETPIN").size() == 1);
    CHECK(world.faults.count("C_Login") == 0);
}

TEST_CASE("token worker: a thousand objects are listed, and signatures do not wait for that") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<Content>(500, Content{"p256", "p256"}));
    WorkerProcess worker(tokens);
    const auto begun = std::chrono::steady_clock::now();
    const auto keys = worker.list();
    const auto time = std::chrono::steady_clock::now() - begun;
    std::cout << "a thousand objects: listed in " << std::chrono::duration_cast<std::chrono::milliseconds>(time).count()
              << " ms\n";
    REQUIRE(keys.keys.size() == 500);
    worker.log_in(keys.tokens.front().id);
    const ipc::SignAttributes operation{Digest::Sha256, SignaturePadding::KeyDefined,
                                        signed_attributes(Digest::Sha256)};
    REQUIRE_FALSE(worker.sign(keys.keys.front(), operation).empty());

    const auto listing = worker.post(ipc::MessageType::ListTokens, ipc::Empty{});
    size_t signatures = 0;
    while (!worker.has_answer(listing)) signatures += !worker.sign(keys.keys.front(), operation).empty();

    std::cout << "a thousand objects: " << signatures << " signatures while they were listed\n";
    CHECK(signatures > 1);
}
