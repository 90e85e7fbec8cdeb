// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys that want their PIN for each use (CKA_ALWAYS_AUTHENTICATE), as SoftHSM demands it (BAD_INPUT row 75).
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

const ipc::SignAttributes rsa_signature{Digest::Sha256, SignaturePadding::Pkcs1, signed_attributes(Digest::Sha256)};

/// A token that is logged in, with keys that want their PIN all the same.
struct EachUseWorld {
    EachUseWorld() {
        tokens.add("alpha", {Content{"rsa2048", "rsa2048", {}, PinWanted::EachUse},
                             Content{"p256", "p256", {}, PinWanted::EachUse}, Content{"rsa2048-b", "rsa2048-b"}});
        worker.emplace(tokens, &faults);
        worker->log_in(worker->list().tokens.front().id);
        keys = worker->list();
        faults.clear_log();
    }

    template <class Operation>
    uint32_t post(ipc::MessageType type, const char* key, const Operation& operation, ScriptedPinentry& pinentry,
                  uint32_t timeout_ms = 30'000) {
        ipc::WithKey<Operation> request{keys.key(key).reference, operation};
        request.authorization = {"Cardseal", "A test wants to use a key", {}, timeout_ms};
        const int file = pinentry.worker_end().get();
        const auto number = worker->post(type, request, worker->next_job(), {&file, 1});
        pinentry.close_worker_end();
        return number;
    }
    ErrorCode sign(ScriptedPinentry& pinentry, uint32_t timeout_ms = 30'000) {
        return code_of([&] {
            const auto request =
                post(ipc::MessageType::TokenSignAttributes, "rsa2048", rsa_signature, pinentry, timeout_ms);
            worker->expect<ipc::Signature>(request, ipc::MessageType::Signature);
        });
    }
    ErrorCode sign_with(std::vector<Reaction> script) {
        ScriptedPinentry pinentry(std::move(script));
        return sign(pinentry);
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    WorkerProcess::Listing keys;
};

bool any_contains(const std::vector<std::string>& lines, const std::string& text) {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.find(text) != std::string::npos; });
}

/// As the token worker must be asked to decrypt what OpenSSL encrypted.
ipc::UnwrapContentKey encrypted_content_key(const std::string& name) {
    const Bytes content_key(32, 0x5a);
    const PublicKeyContext context(EVP_PKEY_CTX_new(test_key(name).key.get(), nullptr));
    ipc::UnwrapContentKey operation;
    operation.key_length = 32;
    operation.ciphertext.resize(256);
    auto size = operation.ciphertext.size();
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1);
    REQUIRE(EVP_PKEY_encrypt(context.get(), operation.ciphertext.data(), &size, content_key.data(),
                             content_key.size()) == 1);
    return operation;
}

ipc::AgreeKey agreement_with_p256() {
    ipc::AgreeKey operation;
    operation.key_length = 32;
    operation.ephemeral_point.resize(65);
    size_t size = 0;
    const PublicKey ephemeral(EVP_EC_gen("P-256"));
    REQUIRE(EVP_PKEY_get_octet_string_param(ephemeral.get(), OSSL_PKEY_PARAM_PUB_KEY, operation.ephemeral_point.data(),
                                            operation.ephemeral_point.size(), &size) == 1);
    return operation;
}

}  // namespace

TEST_CASE("token worker: a key that wants its PIN for each use gets a login for each signature (row 75)") {
    EachUseWorld world;
    REQUIRE(world.keys.key("rsa2048").always_authenticate);
    REQUIRE_FALSE(world.keys.key("rsa2048-b").always_authenticate);

    CHECK(world.sign_with({types(test_pin)}) == ErrorCode::None);
    CHECK(world.faults.count("C_Login") == 1);
    CHECK(world.sign_with({types(test_pin)}) == ErrorCode::None);

    CHECK(world.faults.count("C_Login") == 2);
    CHECK(world.faults.calls() == std::vector<std::string>{"C_GetTokenInfo CKR_OK", "C_GetTokenInfo CKR_OK",
                                                           "C_SignInit CKR_OK", "C_Login CKR_OK", "C_Sign CKR_OK",
                                                           "C_GetTokenInfo CKR_OK", "C_GetTokenInfo CKR_OK",
                                                           "C_SignInit CKR_OK", "C_Login CKR_OK", "C_Sign CKR_OK"});
}

TEST_CASE("token worker: a key that wants its PIN for each use decrypts with it (row 75)") {
    EachUseWorld world;
    ScriptedPinentry pinentry({types(test_pin)});

    const auto request =
        world.post(ipc::MessageType::TokenUnwrapContentKey, "rsa2048", encrypted_content_key("rsa2048"), pinentry);

    CHECK(world.worker->expect<ipc::SymmetricKey>(request, ipc::MessageType::SymmetricKey).bytes == Bytes(32, 0x5a));
    CHECK(world.faults.count("C_Login") == 1);
}

TEST_CASE("token worker: a wrong PIN is not answered with a synthetic content key (row 75)") {
    EachUseWorld world;
    ScriptedPinentry pinentry({types("999999"), {Reaction::Kind::Cancel}});

    const auto request =
        world.post(ipc::MessageType::TokenUnwrapContentKey, "rsa2048", encrypted_content_key("rsa2048"), pinentry);

    CHECK(code_of([&] { world.worker->expect<ipc::SymmetricKey>(request, ipc::MessageType::SymmetricKey); }) ==
          ErrorCode::PinCancelled);
}

TEST_CASE("token worker: without a way to ask, such a key needs interaction and no try is spent (row 75)") {
    EachUseWorld world;

    CHECK(code_of([&] { world.worker->sign(world.keys.key("rsa2048"), rsa_signature); }) ==
          ErrorCode::InteractionRequired);

    CHECK(world.faults.count("C_Login") == 0);
    CHECK(code_of([&] { world.worker->sign(world.keys.key("rsa2048-b"), rsa_signature); }) == ErrorCode::None);
    CHECK(world.sign_with({types(test_pin)}) == ErrorCode::None);
}

TEST_CASE("token worker: a wrong PIN for one use is asked for again, each sent once (rows 67, 75)") {
    EachUseWorld world;
    ScriptedPinentry pinentry({types("999999"), types(test_pin)});

    CHECK(world.sign(pinentry) == ErrorCode::None);

    CHECK(any_contains(pinentry.commands("SETERROR"), "Wrong PIN"));
    CHECK(world.faults.count("C_Login") == 2);
}

TEST_CASE("token worker: three wrong PINs for one use end it (rows 67, 75)") {
    EachUseWorld world;
    ScriptedPinentry pinentry({types("999999"), types("888888"), types("777777"), types(test_pin)});

    CHECK(world.sign(pinentry) == ErrorCode::PinIncorrect);

    CHECK(pinentry.commands("GETPIN").size() == 3);
    CHECK(world.faults.count("C_Login") == 3);
    CHECK(world.sign_with({types(test_pin)}) == ErrorCode::None);
}

TEST_CASE("token worker: a locked PIN is not asked for at a use (rows 71, 75)") {
    EachUseWorld world;
    world.faults.set("flags CKF_USER_PIN_LOCKED");
    ScriptedPinentry pinentry({types(test_pin)});

    CHECK(world.sign(pinentry) == ErrorCode::PinLocked);

    CHECK(pinentry.conversation().empty());
    CHECK(world.faults.count("C_Login") == 0);
}

TEST_CASE("token worker: the last try for a use asks for a confirmation first (rows 68, 75)") {
    EachUseWorld world;
    world.faults.set("flags CKF_USER_PIN_FINAL_TRY");

    CHECK(world.sign_with({{Reaction::Kind::NotConfirmed}}) == ErrorCode::PinCancelled);
    CHECK(world.faults.count("C_Login") == 0);

    CHECK(world.sign_with({{Reaction::Kind::Confirm}, types(test_pin)}) == ErrorCode::None);
}

TEST_CASE("token worker: a cancelled, forgotten or lost prompt for a use sends nothing (rows 69, 70, 75)") {
    EachUseWorld world;
    ScriptedPinentry silent({{Reaction::Kind::Silence}});

    CHECK(world.sign_with({{Reaction::Kind::Cancel}}) == ErrorCode::PinCancelled);
    CHECK(world.sign_with({{Reaction::Kind::HangUp}}) == ErrorCode::PinentryFailed);
    CHECK(world.sign(silent, 200) == ErrorCode::PinTimeout);

    CHECK(world.faults.count("C_Login") == 0);
    CHECK(world.sign_with({types(test_pin)}) == ErrorCode::None);
}

TEST_CASE("token worker: stale handles at a use cost a new prompt, never a second login with one PIN (rows 75, 80)") {
    EachUseWorld world;

    SECTION("before the login: the PIN is still good") {
        world.faults.set("return C_SignInit CKR_SESSION_HANDLE_INVALID 1");
        CHECK(world.sign_with({types(test_pin)}) == ErrorCode::None);
        CHECK(world.faults.count("C_Login") == 1);
    }
    SECTION("after the login: the PIN is spent") {
        world.faults.set("return C_Sign CKR_SESSION_HANDLE_INVALID 1");
        CHECK(world.sign_with({types(test_pin), {Reaction::Kind::Cancel}}) == ErrorCode::PinCancelled);
        CHECK(world.faults.count("C_Login") == 1);
    }
}

TEST_CASE("token worker: a mechanism that is refused before the login spends no PIN (row 75)") {
    EachUseWorld world;
    REQUIRE(world.sign_with({types(test_pin)}) == ErrorCode::None);
    world.faults.clear_log();
    world.faults.set("return C_SignInit CKR_MECHANISM_INVALID 1");
    ScriptedPinentry pinentry({types(test_pin)});
    auto pss = rsa_signature;
    pss.padding = SignaturePadding::Pss;

    const auto request = world.post(ipc::MessageType::TokenSignAttributes, "rsa2048", pss, pinentry);

    CHECK_FALSE(world.worker->expect<ipc::Signature>(request, ipc::MessageType::Signature).bytes.empty());
    CHECK(pinentry.commands("GETPIN").size() == 1);
    CHECK(world.faults.count("C_Login") == 1);
}

TEST_CASE("token worker: a pin pad is asked for each use, once (rows 72, 75)") {
    EachUseWorld world;
    const std::string pad = "flags CKF_PROTECTED_AUTHENTICATION_PATH\npin-pad ";

    world.faults.set(pad + test_pin);
    CHECK(world.sign_with({}) == ErrorCode::None);
    CHECK(world.faults.count("C_Login") == 1);

    world.faults.set(pad + "999999");
    CHECK(world.sign_with({}) == ErrorCode::PinIncorrect);
    CHECK(world.faults.count("C_Login") == 2);
}

TEST_CASE("token worker: key agreement with such a key needs a token that takes its login (row 75)") {
    EachUseWorld world;
    const auto agree = [&] {
        ScriptedPinentry pinentry({types(test_pin)});
        const auto request = world.post(ipc::MessageType::TokenAgreeKey, "p256", agreement_with_p256(), pinentry);
        return code_of([&] { world.worker->expect<ipc::SymmetricKey>(request, ipc::MessageType::SymmetricKey); });
    };

    // SoftHSM knows of no operation that the login could be for.
    CHECK(agree() == ErrorCode::UnsupportedAlgorithm);
    CHECK(world.faults.count("C_DeriveKey") == 0);

    // OpenSC takes the login.
    world.faults.set("return C_Login CKR_OK");
    CHECK(agree() == ErrorCode::None);
}

TEST_CASE("token worker: a person who thinks about one use holds up no other key of the token (row 75)") {
    EachUseWorld world;
    ScriptedPinentry nobody({{Reaction::Kind::Silence}});
    const auto waiting = world.post(ipc::MessageType::TokenSignAttributes, "rsa2048", rsa_signature, nobody);

    for (int i = 0; i < 8; ++i) CHECK_NOTHROW(world.worker->sign(world.keys.key("rsa2048-b"), rsa_signature));
    CHECK(world.worker->list().tokens.size() == 1);

    nobody.hang_up();
    CHECK(code_of([&] { world.worker->expect<ipc::Signature>(waiting, ipc::MessageType::Signature); }) ==
          ErrorCode::PinentryFailed);
}
