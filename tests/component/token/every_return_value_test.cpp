// SPDX-License-Identifier: LGPL-2.1-or-later
// Every return value of PKCS#11, and some that are not in it, from every call that the worker makes.
#include <algorithm>
#include <set>

#include "catch.hpp"
#include "token/objects.hpp"
#include "token/return_values.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

/// How a request ended: the code and message of its one answer.
struct Ending {
    ErrorCode code = ErrorCode::None;
    std::string message;
};

ErrorCode code_of_login(ipc::LoginResult result) {
    switch (result) {
        case ipc::LoginResult::LoggedIn:
            return ErrorCode::None;
        case ipc::LoginResult::Incorrect:
            return ErrorCode::PinIncorrect;
        case ipc::LoginResult::Locked:
            return ErrorCode::PinLocked;
        default:
            return ErrorCode::PinentryFailed;
    }
}

/// A token with a key for each kind of request, logged in.
class RequestWorld {
public:
    RequestWorld() {
        tokens_.add("alpha", std::vector<std::string>{"rsa2048", "p256"});
        worker_.emplace(tokens_, &faults);
        worker_->log_in(worker_->list().tokens.front().id);
        keys_ = worker_->list();
        agreement_.ephemeral_point.resize(65);
        size_t size = 0;
        EVP_PKEY_get_octet_string_param(test_key("p256-b").key.get(), "pub", agreement_.ephemeral_point.data(), 65,
                                        &size);
        agreement_.key_length = 32;
        unwrapping_.ciphertext.assign(256, 1);
        unwrapping_.key_length = 32;
    }

    Ending sign() {
        return ending_of([&] { worker_->sign(keys_.key("p256"), signing_); });
    }
    Ending unwrap() {
        return ending_of([&] { worker_->unwrap(keys_.key("rsa2048"), unwrapping_); });
    }
    Ending agree() {
        return ending_of([&] { worker_->agree(keys_.key("p256"), agreement_); });
    }
    Ending list() {
        return ending_of([&] { worker_->list(); });
    }
    Ending log_out() {
        return ending_of([&] {
            const auto request = worker_->post(ipc::MessageType::Logout, ipc::Logout{token()});
            worker_->expect<ipc::Empty>(request, ipc::MessageType::Done);
        });
    }
    Ending log_in() {
        ScriptedPinentry person({types(test_pin), types(test_pin), types(test_pin)});
        Ending ending;
        const auto failed = ending_of([&] {
            const auto ended = worker_->log_in(token(), person);
            ending = {code_of_login(ended.result), ended.message};
        });
        typed_ += person.commands("GETPIN").size();
        return failed.code == ErrorCode::None ? ending : failed;
    }

    /// As the broker has it: after a removal it takes a login, and a person for it; who misses the key looks again.
    void require_next_good_request() {
        auto ending = sign();
        if (ending.code == ErrorCode::NoSuchKey) {
            REQUIRE(list().message == "");
            ending = sign();
        }
        if (ending.code == ErrorCode::InteractionRequired) {
            REQUIRE(log_in().message == "");
            ending = sign();
        }
        REQUIRE(ending.message == "");
    }

    bool every_login_was_typed() const { return faults.count("C_Login") <= typed_; }
    /// Opened and not closed since the log began; below zero if more were closed.
    ptrdiff_t sessions_left() const {
        const auto calls = faults.calls();
        return std::ranges::count(calls, "C_OpenSession CKR_OK") - std::ranges::count(calls, "C_CloseSession CKR_OK");
    }
    void count_from_now() {
        faults.clear_log();
        typed_ = 0;
    }
    size_t unread_answers() const { return worker_->unread(); }

    Faults faults;

private:
    template <class Call>
    static Ending ending_of(Call call) {
        try {
            call();
        } catch (const Error& error) {
            return {error.code(), error.message()};
        }
        return {};
    }
    const TokenId& token() { return keys_.tokens.front().id; }

    SoftTokens tokens_;
    std::optional<WorkerProcess> worker_;
    WorkerProcess::Listing keys_;
    ipc::SignAttributes signing_{Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)};
    ipc::UnwrapContentKey unwrapping_;
    ipc::AgreeKey agreement_;
    size_t typed_ = 0;
};

struct Request {
    std::string name;
    Ending (RequestWorld::*run)();
    std::string loses_session_in = {};  ///< when this call says so once, all is looked for again
    std::set<std::string> calls;        ///< that it then makes
};

const std::set<std::string> looking_again{"C_CloseSession",      "C_GetTokenInfo", "C_OpenSession",
                                          "C_FindObjectsInit",   "C_FindObjects",  "C_FindObjectsFinal",
                                          "C_GetAttributeValue", "C_GetTokenInfo"};

std::set<std::string> and_looking_again(std::set<std::string> calls) {
    calls.insert(looking_again.begin(), looking_again.end());
    return calls;
}

const Request signing{"sign", &RequestWorld::sign, "C_SignInit", and_looking_again({"C_SignInit", "C_Sign"})};
const Request unwrapping{"unwrap", &RequestWorld::unwrap, "C_DecryptInit",
                         and_looking_again({"C_GetMechanismInfo", "C_DecryptInit", "C_Decrypt"})};
const Request agreeing{"agree", &RequestWorld::agree, "C_DeriveKey",
                       and_looking_again({"C_DeriveKey", "C_DestroyObject"})};
const Request listing{"list", &RequestWorld::list, "C_GetSessionInfo",
                      and_looking_again({"C_GetSlotList", "C_GetSlotInfo", "C_GetSessionInfo"})};
const Request logging_in{
    "log in", &RequestWorld::log_in, "", {"C_GetTokenInfo", "C_OpenSession", "C_GetSessionInfo", "C_Login"}};
const Request logging_out{"log out", &RequestWorld::log_out, "", {"C_Logout", "C_CloseSession"}};
const Request* const requests[] = {&signing, &unwrapping, &agreeing, &listing, &logging_in, &logging_out};

struct Fault {
    std::string call;
    CK_RV value;
};

std::string statements_of(const Request& request, const Fault& fault) {
    std::string text = "return " + fault.call + " " + std::to_string(fault.value) + "\n";
    if (!request.loses_session_in.empty() && request.loses_session_in != fault.call)
        text += "return " + request.loses_session_in + " CKR_SESSION_HANDLE_INVALID 1\n";
    return text;
}

/// What is no failure of the request: it does without the call, or the value says that all is as it should be.
bool is_harmless(const Request& request, const Fault& fault) {
    const auto described = describe(fault.value);
    if (fault.call == "C_CloseSession" || fault.call == "C_GetMechanismInfo") return true;
    // It decrypts in the other way, and has looked for its session already.
    if (&request == &unwrapping && fault.call == "C_GetTokenInfo" && fault.value == CKR_MECHANISM_INVALID) return true;
    if (fault.call == "C_Decrypt") return !independent_of_ciphertext(fault.value);
    if (fault.call == "C_Login") return fault.value == CKR_USER_ALREADY_LOGGED_IN;
    if (fault.call == "C_Logout") return fault.value == CKR_USER_NOT_LOGGED_IN;
    if (&request != &listing) return false;
    if (fault.call == "C_GetAttributeValue") return is_partial(fault.value);
    return fault.call == "C_GetTokenInfo" && described.aftermath == Aftermath::TokenGone;
}

/// For the two that may ask for what a token cannot do.
bool lacks_ability(const Request& request, CK_RV value) {
    return (&request == &signing || &request == &agreeing) && says_incapable(value);
}

void check_ending(const Request& request, const Fault& fault, const Ending& ending) {
    const auto described = describe(fault.value);
    if (is_harmless(request, fault)) {
        CHECK(ending.message == "");
        CHECK(ending.code == ErrorCode::None);
    } else if (fault.call == "C_GetAttributeValue" && is_partial(fault.value)) {
        CHECK(ending.code == ErrorCode::NoSuchKey);
    } else if (described.code == ErrorCode::PinIncorrect && fault.call == "C_Login") {
        CHECK(ending.code == ErrorCode::PinIncorrect);
        CHECK(ending.message == "wrong PIN");
    } else if (described.code == ErrorCode::PinLocked && fault.call == "C_Login") {
        CHECK(ending.code == ErrorCode::PinLocked);
        CHECK(ending.message == "the PIN is locked");
    } else {
        CHECK(ending.code == (lacks_ability(request, fault.value) ? ErrorCode::UnsupportedAlgorithm : described.code));
        CHECK_THAT(ending.message, Catch::Matchers::EndsWith(": " + described.name));
    }
}

/// The sessions that it leaves when all goes well.
ptrdiff_t sessions_left_by(RequestWorld& world, const Request& request) {
    if (&request == &logging_in) REQUIRE(world.log_out().message == "");
    world.count_from_now();
    REQUIRE((world.*request.run)().message == "");
    world.require_next_good_request();
    return world.sessions_left();
}

void check_aftermath(RequestWorld& world, ptrdiff_t most_sessions) {
    world.faults.set("");
    world.require_next_good_request();
    CHECK(world.every_login_was_typed());
    CHECK(world.sessions_left() <= most_sessions);
    CHECK(world.unread_answers() == 0);
}

/// Sessions that the fault leaves open: those that the module does not close, and one of a token that says it has gone,
/// which has closed it itself.
ptrdiff_t unclosed_sessions(const Fault& fault) {
    if (fault.call == "C_CloseSession") return 2;
    return fault.call == "C_GetTokenInfo" && describe(fault.value).aftermath == Aftermath::TokenGone ? 1 : 0;
}

void check_fault(RequestWorld& world, const Request& request, const Fault& fault, ptrdiff_t most_sessions) {
    if (&request == &logging_in) REQUIRE(world.log_out().message == "");
    world.count_from_now();
    world.faults.set(statements_of(request, fault));

    check_ending(request, fault, (world.*request.run)());

    check_aftermath(world, most_sessions + unclosed_sessions(fault));
}

}  // namespace

TEST_CASE("token worker: every return value of every call is one clear error, and the next request works",
          "[failures]") {
    const auto* request = GENERATE(from_range(std::begin(requests), std::end(requests)));
    RequestWorld world;
    const auto most_sessions = sessions_left_by(world, *request);

    for (const auto& call : request->calls)
        for (const auto value : every_return_value()) {
            INFO(request->name << ": " << call << " returns " << describe(value).name);
            check_fault(world, *request, {call, value}, most_sessions);
        }
}

TEST_CASE("token worker: a failure of any one call of a request, wherever it is, leaves nothing behind", "[failures]") {
    const auto* request = GENERATE(from_range(std::begin(requests), std::end(requests)));
    RequestWorld world;
    const auto most_sessions = sessions_left_by(world, *request);
    const auto calls = world.faults.calls().size();

    for (size_t number = 1; number <= calls; ++number)
        for (const auto value : {CKR_DATA_INVALID, CKR_DEVICE_REMOVED, CKR_SESSION_HANDLE_INVALID,
                                 CKR_USER_NOT_LOGGED_IN, CKR_HOST_MEMORY}) {
            INFO(request->name << ": call " << number << " returns " << describe(value).name);
            if (request == &logging_in) REQUIRE(world.log_out().message == "");
            world.count_from_now();
            world.faults.set("nth " + std::to_string(number) + " " + std::to_string(value));

            const auto ending = (world.*request->run)();

            if (ending.code != ErrorCode::None)
                CHECK_THAT(ending.message, Catch::Matchers::EndsWith(": " + describe(value).name));
            // One may have been the session that could not be closed.
            check_aftermath(world, most_sessions + 1);
        }
}

TEST_CASE("token worker: a module that fails in any of its first calls is one clear error, and then works",
          "[failures]") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    Faults faults;
    std::optional<WorkerProcess> worker(std::in_place, tokens, &faults);
    REQUIRE(worker->list().tokens.size() == 1);
    const auto first_calls = faults.calls();
    const auto loading = static_cast<size_t>(std::ranges::find(first_calls, "C_GetInfo CKR_OK") - first_calls.begin());

    for (auto number = loading + 2; number <= first_calls.size(); ++number) {
        INFO("call " << number);
        faults.set("nth " + std::to_string(number) + " CKR_DEVICE_ERROR");
        worker.emplace(tokens, &faults);
        try {
            worker->list();
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::ModuleFailed);
            CHECK_THAT(error.message(), Catch::Matchers::EndsWith(": CKR_DEVICE_ERROR"));
        }
        faults.set("");
        CHECK(worker->list().tokens.size() == 1);
        CHECK_NOTHROW(worker->log_in(worker->list().tokens.front().id));
    }
}

TEST_CASE("token worker: a module that does not initialise is told with what it said", "[failures]") {
    SoftTokens tokens;
    Faults faults;
    for (const auto value : every_return_value()) {
        const auto name = describe(value).name;
        INFO(name);
        faults.set("return C_Initialize " + std::to_string(value));
        WorkerProcess worker(tokens, &faults);

        const auto said = worker.answer(0);

        REQUIRE(said.header.type == ipc::MessageType::Failure);
        // Two say that it wants other locks: libp11 then tries with its own, and tells nothing of why that failed.
        const bool wants_others = value == CKR_ARGUMENTS_BAD || value == CKR_CANT_LOCK;
        CHECK_THAT(ipc::decode<ipc::Failure>(said.payload).message,
                   ContainsSubstring(wants_others ? "cannot load " : ": " + name));
        worker.close_channel();
        CHECK(worker.wait_for_end().text == "exit status 1");
    }
    faults.set("");
    CHECK(WorkerProcess(tokens, &faults).list().tokens.empty());
}
