// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the token worker's stub with workers that hang, die and answer nonsense.
#include "broker/token_worker.hpp"

#include <sys/wait.h>

#include "broker/token_module.hpp"
#include "catch.hpp"
#include "loop_wait.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

TokenDeadlines short_deadlines() {
    TokenDeadlines deadlines;
    deadlines.operation = Milliseconds(100);
    return deadlines;
}

/// A worker of that behaviour and how the requests made of it ended.
class Odd {
public:
    explicit Odd(const std::string& behaviour, const TokenDeadlines& deadlines = {})
        : worker_(loop_, {ODD_WORKER, behaviour, {}}, deadlines,
                  {.died = [this](const Error& why) { death_ = why; }, .tokens_changed = [] {}}) {}

    void ask_to_sign(const std::string& token = "odd") {
        worker_.sign_attributes(JobId{1}, {{TokenId{"pkcs11:token=" + token}, KeyId{"sha256:00"}}, {}}, {},
                                [this](const auto& outcome) {
                                    const auto* error = error_of(outcome);
                                    ended_.push_back(error ? *error : Error(ErrorCode::None, ""));
                                });
    }

    const std::vector<Error>& wait_for_ends(size_t count) {
        wait_until(loop_, [&] { return ended_.size() >= count; });
        return ended_;
    }

    const std::optional<Error>& death() const { return death_; }

private:
    EventLoop loop_;
    std::optional<Error> death_;
    std::vector<Error> ended_;
    TokenWorker worker_;
};

/// It stays to be reaped.
void wait_for_end_of_child() {
    siginfo_t info{};
    REQUIRE(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0);
}

}  // namespace

TEST_CASE("token worker stub, row 77: one that does not answer in time ends its requests with Timeout") {
    Odd odd("hang", short_deadlines());

    odd.ask_to_sign();
    odd.ask_to_sign();

    for (const auto& end : odd.wait_for_ends(2)) CHECK(end.code() == ErrorCode::Timeout);
    REQUIRE(odd.death());
    CHECK(odd.death()->code() == ErrorCode::Timeout);
}

TEST_CASE("token worker stub, row 76: one that dies ends its requests with ModuleFailed, saying how it died") {
    const auto [behaviour, text] =
        GENERATE(table<std::string, std::string>({{"die", "exit status 7"}, {"abort", "killed by signal 6"}}));
    Odd odd(behaviour);

    odd.ask_to_sign();
    odd.ask_to_sign();

    for (const auto& end : odd.wait_for_ends(2)) {
        CHECK(end.code() == ErrorCode::ModuleFailed);
        CHECK_THAT(end.message(), ContainsSubstring(text));
    }
}

TEST_CASE("token worker stub: what one answered before it died counts") {
    Odd odd("last-words");

    odd.ask_to_sign();
    wait_for_end_of_child();

    CHECK(odd.wait_for_ends(1).front().code() == ErrorCode::None);
}

TEST_CASE("token worker stub: malformed bytes, a wrong type or an answer to nobody are ModuleFailed, once each") {
    const auto behaviour = GENERATE(std::string("garbage"), std::string("wrong-type"), std::string("stranger"));
    Odd odd(behaviour);

    odd.ask_to_sign();

    const auto ends = odd.wait_for_ends(1);
    REQUIRE(ends.size() == 1);
    CHECK(ends.front().code() == ErrorCode::ModuleFailed);
    CHECK_THAT(ends.front().message(), ContainsSubstring("malformed"));
}

TEST_CASE("token worker stub: what waits for one token does not hold up the requests for another") {
    Odd odd("one-hangs");
    for (int i = 0; i < 100; ++i) odd.ask_to_sign("slow");

    odd.ask_to_sign();

    const auto ends = odd.wait_for_ends(1);
    REQUIRE(ends.size() == 1);
    CHECK(ends.front().code() == ErrorCode::None);
}

TEST_CASE("token worker stub: one that is dead refuses further requests at once") {
    Odd odd("die");
    odd.ask_to_sign();
    (void)odd.wait_for_ends(1);

    odd.ask_to_sign();

    CHECK(odd.wait_for_ends(2).back().code() == ErrorCode::ModuleFailed);
}

TEST_CASE("token module: after its process died it is started again and lists its token") {
    EventLoop loop;
    TokenModule module(loop, ODD_WORKER, {"die", {}}, {});
    const auto listed = [&] { return module.listing().tokens.size() == 1; };
    wait_until(loop, listed);

    module.worker().logout(TokenId{"pkcs11:token=odd"}, [](const auto&) {});
    wait_until(loop, [&] { return !listed(); });
    CHECK_THAT(module.failure(), ContainsSubstring("exit status 7"));

    wait_until(loop, listed);
    CHECK(module.failure().empty());
}

TEST_CASE("token module, row 76: who asks for its tokens while it is started again is told of the new process's") {
    EventLoop loop;
    TokenModule module(loop, ODD_WORKER, {"die", {}}, {});
    wait_until(loop, [&] { return module.listing().tokens.size() == 1; });
    std::optional<size_t> tokens_while_down, tokens_told;

    module.worker().logout(TokenId{"pkcs11:token=odd"}, [&](const auto&) {
        tokens_while_down = module.listing().tokens.size();
        module.refresh(Milliseconds(0), [&] { tokens_told = module.listing().tokens.size(); });
    });
    wait_until(loop, [&] { return tokens_told.has_value(); });

    CHECK(tokens_while_down == 0U);
    CHECK(tokens_told == 1U);
}

TEST_CASE("token module: one that steps down in good order is replaced at once, however often; one that dies is not") {
    const auto [behaviour, tokens_at_last] =
        GENERATE(table<std::string, size_t>({{"step-down", size_t{1}}, {"die", size_t{0}}}));
    EventLoop loop;
    TokenModule module(loop, ODD_WORKER, {behaviour, {}}, {});
    std::optional<size_t> tokens_told;

    for (int times = 0; times < 2; ++times) {
        wait_until(loop, [&] { return module.listing().tokens.size() == 1; });
        tokens_told.reset();
        module.worker().logout(TokenId{"pkcs11:token=odd"}, [&](const auto&) {
            module.refresh(Milliseconds(0), [&] { tokens_told = module.listing().tokens.size(); });
        });
        wait_until(loop, [&] { return tokens_told.has_value(); });
    }

    CHECK(tokens_told == tokens_at_last);
}

TEST_CASE("token module: a malformed listing does not leave anybody waiting") {
    EventLoop loop;
    TokenModule module(loop, ODD_WORKER, {"garbled-list", {}}, {});
    bool told = false;

    module.refresh(Milliseconds(0), [&] { told = true; });

    wait_until(loop, [&] { return told; });
    CHECK(module.listing().tokens.empty());
}

TEST_CASE("token module: a program that cannot be started is a failure that says so, not the daemon's end") {
    EventLoop loop;
    const TokenModule module(loop, "/nonexistent/worker", {"m.so", {}}, {});

    CHECK_THAT(module.failure(), ContainsSubstring("/nonexistent/worker"));
}
