// SPDX-License-Identifier: LGPL-2.1-or-later
// Logins: what a person does at the prompt, and what becomes of it.
#include <algorithm>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

/// A token behind the fault module, and its worker.
struct LoginWorld {
    LoginWorld() { tokens.add("alpha", std::vector<std::string>{"p256"}); }

    WorkerProcess& start() {
        worker.emplace(tokens, &faults);
        token = worker->list().tokens.front().id;
        faults.clear_log();
        return *worker;
    }
    bool signs() {
        const auto key = worker->list().key("p256");
        ipc::SignAttributes operation{Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)};
        return code_of([&] { worker->sign(key, operation); }) == ErrorCode::None;
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    TokenId token;
};

bool any_contains(const std::vector<std::string>& lines, const std::string& text) {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("token worker: a right PIN logs in, and the session stays logged in") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({types(test_pin)});

    const auto ended = worker.log_in(world.token, pinentry);

    CHECK(ended.result == ipc::LoginResult::LoggedIn);
    CHECK(ended.message.empty());
    CHECK(world.faults.count("C_Login") == 1);
    CHECK(worker.list().tokens.front().logged_in);
    CHECK(world.signs());
    CHECK(world.signs());
    CHECK(world.faults.count("C_Login") == 1);
}

TEST_CASE("token worker: pinentry is told what the broker said, escaped, and what to do") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({types(test_pin)});

    worker.log_in(world.token, pinentry);

    const auto& conversation = pinentry.conversation();
    const auto said = [&](const char* line) { return std::ranges::count(conversation, line) == 1; };
    CHECK(said("OPTION ttyname=/dev/pts/1"));
    CHECK(said("OPTION unknown=1"));
    CHECK(said("SETTITLE Cardseal"));
    CHECK(said("SETDESC A test wants to sign 100 %25%0APlease enter the token's PIN."));
    CHECK(said("SETPROMPT PIN"));
    CHECK(said("BYE"));
    CHECK(pinentry.commands("SETERROR").empty());
    CHECK(pinentry.commands("SETTIMEOUT").size() == 1);
}

TEST_CASE("token worker: a PIN with escaped characters is understood") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({types("%31%32%33456")});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::LoggedIn);
}

TEST_CASE("token worker: a wrong PIN three times is three prompts, each sent once (row 67)") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({types("1111"), types("2222"), types("3333"), types(test_pin)});

    const auto ended = worker.log_in(world.token, pinentry);

    CHECK(ended.result == ipc::LoginResult::Incorrect);
    CHECK(pinentry.commands("GETPIN").size() == 3);
    CHECK(world.faults.count("C_Login") == 3);
    const auto errors = pinentry.commands("SETERROR");
    REQUIRE(errors.size() == 2);
    CHECK(any_contains(errors, "Wrong PIN"));
    // SoftHSM says CKF_USER_PIN_COUNT_LOW after a wrong one.
    CHECK(any_contains(errors, "few tries left"));
    CHECK_FALSE(worker.list().tokens.front().logged_in);
    ScriptedPinentry second({types(test_pin)});
    CHECK(worker.log_in(world.token, second).result == ipc::LoginResult::LoggedIn);
}

TEST_CASE("token worker: a PIN that locks the token ends as PinLocked (row 67)") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set("return C_Login CKR_PIN_LOCKED");
    ScriptedPinentry pinentry({types("1111"), types("2222")});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::Locked);
    CHECK(pinentry.commands("GETPIN").size() == 1);
}

TEST_CASE("token worker: a PIN that has expired is told so, and not asked for again") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set("return C_Login CKR_PIN_EXPIRED");
    ScriptedPinentry pinentry({types(test_pin), types(test_pin)});

    CHECK(code_of([&] { worker.log_in(world.token, pinentry); }) == ErrorCode::PinExpired);
    CHECK(pinentry.commands("GETPIN").size() == 1);
}

TEST_CASE("token worker: the last try asks for a confirmation first (row 68)") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set("flags CKF_USER_PIN_FINAL_TRY");

    SECTION("not confirmed: nothing is asked and nothing is sent") {
        ScriptedPinentry pinentry({{Reaction::Kind::NotConfirmed}});
        CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::Cancelled);
        CHECK(pinentry.commands("GETPIN").empty());
        CHECK(any_contains(pinentry.commands("SETDESC"), "Go on?"));
        CHECK_FALSE(any_contains(pinentry.commands("SETDESC"), "Please enter"));
        CHECK(world.faults.count("C_Login") == 0);
    }
    SECTION("confirmed: the PIN is asked for") {
        ScriptedPinentry pinentry({{Reaction::Kind::Confirm}, types(test_pin)});
        CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::LoggedIn);
        CHECK(any_contains(pinentry.commands("SETERROR"), "One try left"));
        CHECK(any_contains(pinentry.commands("SETDESC"), "Please enter the token's PIN."));
    }
}

TEST_CASE("token worker: a warning of the last try is not believed once it has outlived a good login") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set("flags CKF_USER_PIN_FINAL_TRY");
    CHECK(worker.list().tokens.front().pin_state == ipc::PinState::FinalTry);
    ScriptedPinentry pinentry({{Reaction::Kind::Confirm}, types(test_pin)});
    REQUIRE(worker.log_in(world.token, pinentry).result == ipc::LoginResult::LoggedIn);

    CHECK(worker.list().tokens.front().pin_state == ipc::PinState::Normal);

    SECTION("the next wrong PIN makes it count again") {
        worker.expect<ipc::Empty>(worker.post(ipc::MessageType::Logout, ipc::Logout{world.token}),
                                  ipc::MessageType::Done);
        ScriptedPinentry second({types("0000"), {Reaction::Kind::NotConfirmed}});
        CHECK(worker.log_in(world.token, second).result == ipc::LoginResult::Cancelled);
        CHECK(second.commands("GETPIN").size() == 1);
        CHECK(second.commands("CONFIRM").size() == 1);
    }
    SECTION("another warning counts") {
        world.faults.set("flags CKF_USER_PIN_COUNT_LOW");
        CHECK(worker.list().tokens.front().pin_state == ipc::PinState::CountLow);
        world.faults.set("flags CKF_USER_PIN_FINAL_TRY");
        CHECK(worker.list().tokens.front().pin_state == ipc::PinState::FinalTry);
    }
}

TEST_CASE("token worker: a cancelled prompt sends nothing to the token (row 69)") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({{Reaction::Kind::Cancel}});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::Cancelled);
    CHECK(world.faults.count("C_Login") == 0);
    ScriptedPinentry second({types(test_pin)});
    CHECK(worker.log_in(world.token, second).result == ipc::LoginResult::LoggedIn);
}

TEST_CASE("token worker: a prompt that nobody answers times out (row 70)") {
    LoginWorld world;
    auto& worker = world.start();

    SECTION("pinentry says so") {
        ScriptedPinentry pinentry({{Reaction::Kind::TimeOut}});
        CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::TimedOut);
    }
    SECTION("pinentry says nothing") {
        ScriptedPinentry pinentry({{Reaction::Kind::Silence}});
        CHECK(worker.log_in(world.token, pinentry, 200).result == ipc::LoginResult::TimedOut);
    }
    CHECK(world.faults.count("C_Login") == 0);
    ScriptedPinentry second({types(test_pin)});
    CHECK(worker.log_in(world.token, second).result == ipc::LoginResult::LoggedIn);
}

TEST_CASE("token worker: a locked PIN is not asked for (row 71)") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set("flags CKF_USER_PIN_LOCKED");
    ScriptedPinentry pinentry({types(test_pin)});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::Locked);
    CHECK(pinentry.conversation().empty());
    CHECK(world.faults.count("C_Login") == 0);
    CHECK(worker.list().tokens.front().pin_state == ipc::PinState::Locked);
}

TEST_CASE("token worker: a pin pad needs no pinentry and no PIN (row 72)") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set(std::string("flags CKF_PROTECTED_AUTHENTICATION_PATH\npin-pad ") + test_pin);
    CHECK(worker.list().tokens.front().authentication == ipc::Authentication::PinPad);
    ipc::Login login;
    login.token = world.token;

    const auto request = worker.post(ipc::MessageType::Login, login);

    CHECK(worker.expect<ipc::LoginEnded>(request, ipc::MessageType::LoginEnded).result == ipc::LoginResult::LoggedIn);
    CHECK(world.signs());
}

TEST_CASE("token worker: a pin pad has a notice, and works whatever becomes of it (row 72)") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set(std::string("flags CKF_PROTECTED_AUTHENTICATION_PATH\npin-pad ") + test_pin);

    SECTION("shown") {
        ScriptedPinentry pinentry({});
        CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::LoggedIn);
        CHECK(pinentry.commands("SETDESC A test wants to sign 100 %25%0APlease enter the PIN at").size() == 1);
        CHECK(pinentry.commands("MESSAGE").size() == 1);
        CHECK(pinentry.commands("GETPIN").empty());
    }
    SECTION("a program that has ended already") {
        ScriptedPinentry pinentry({});
        pinentry.hang_up();
        CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::LoggedIn);
    }
    CHECK(world.faults.count("C_Login") == 1);
}

TEST_CASE("token worker: a wrong PIN at the pin pad is told and not tried again (rows 67, 72)") {
    LoginWorld world;
    auto& worker = world.start();
    world.faults.set("flags CKF_PROTECTED_AUTHENTICATION_PATH\npin-pad 999999");
    ScriptedPinentry pinentry({});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::Incorrect);
    CHECK(world.faults.count("C_Login") == 1);
}

TEST_CASE("token worker: a notice is shown at once, and its pinentry stays") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({});
    const int file = pinentry.worker_end().get();

    const auto request = worker.post(ipc::MessageType::ShowNotice,
                                     ipc::Notice{world.token, {"Cardseal", "The token is waiting", {}}}, 0, {&file, 1});
    pinentry.close_worker_end();
    worker.expect<ipc::Empty>(request, ipc::MessageType::Done);

    pinentry.hang_up();
    CHECK(worker.runs());
}

TEST_CASE("token worker: a confirmation is given, refused, forgotten or lost") {
    LoginWorld world;
    auto& worker = world.start();
    const auto confirm = [&](Reaction::Kind kind, uint32_t timeout_ms = 30'000) {
        ScriptedPinentry pinentry({{kind}});
        const int file = pinentry.worker_end().get();
        const auto request =
            worker.post(ipc::MessageType::Confirm, ipc::Notice{world.token, {"Cardseal", "Allow it?", {}, timeout_ms}},
                        0, {&file, 1});
        pinentry.close_worker_end();
        return worker.expect<ipc::LoginEnded>(request, ipc::MessageType::LoginEnded).result;
    };

    CHECK(confirm(Reaction::Kind::Confirm) == ipc::LoginResult::LoggedIn);
    CHECK(confirm(Reaction::Kind::NotConfirmed) == ipc::LoginResult::Cancelled);
    CHECK(confirm(Reaction::Kind::TimeOut) == ipc::LoginResult::TimedOut);
    CHECK(confirm(Reaction::Kind::Silence, 200) == ipc::LoginResult::TimedOut);
    CHECK(confirm(Reaction::Kind::HangUp) == ipc::LoginResult::PinentryFailed);
    CHECK(world.faults.count("C_Login") == 0);
}

TEST_CASE("token worker: an empty PIN is refused and not sent (row 73)") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({types(""), types(test_pin)});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::LoggedIn);
    CHECK(any_contains(pinentry.commands("SETERROR"), "Empty PIN"));
    CHECK(world.faults.count("C_Login") == 1);
}

TEST_CASE("token worker: three empty PINs end the login without a try (row 73)") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({types(""), types(""), types(""), types(test_pin)});

    const auto ended = worker.log_in(world.token, pinentry);

    CHECK(ended.result == ipc::LoginResult::Incorrect);
    CHECK(ended.message == "empty PIN");
    CHECK(world.faults.count("C_Login") == 0);
}

TEST_CASE("token worker: a pinentry that hangs up is a failed pinentry") {
    LoginWorld world;
    auto& worker = world.start();
    ScriptedPinentry pinentry({{Reaction::Kind::HangUp}});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::PinentryFailed);
    CHECK(world.faults.count("C_Login") == 0);
}

TEST_CASE("token worker: a token that is logged in is not asked again") {
    LoginWorld world;
    auto& worker = world.start();
    worker.log_in(world.token);
    ScriptedPinentry pinentry({});

    CHECK(worker.log_in(world.token, pinentry).result == ipc::LoginResult::LoggedIn);
    CHECK(pinentry.conversation().empty());
    CHECK(world.faults.count("C_Login") == 1);
}

TEST_CASE("token worker: after a logout a signature needs a login (row 81)") {
    LoginWorld world;
    auto& worker = world.start();
    worker.log_in(world.token);
    REQUIRE(world.signs());

    const auto request = worker.post(ipc::MessageType::Logout, ipc::Logout{world.token});
    worker.expect<ipc::Empty>(request, ipc::MessageType::Done);

    CHECK_FALSE(worker.list().tokens.front().logged_in);
    const auto key = worker.list().key("p256");
    ipc::SignAttributes operation{Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)};
    CHECK(code_of([&] { worker.sign(key, operation); }) == ErrorCode::InteractionRequired);
    CHECK(world.faults.count("C_Login") == 1);
    worker.log_in(world.token);
    CHECK(world.signs());
}
