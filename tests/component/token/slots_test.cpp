// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens and readers that come and go, with modules that wait for slot events and modules that are polled.
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
                  << "': listed after " << std::chrono::duration_cast<std::chrono::milliseconds>(time).count() << " ms\n";
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
