// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys made on a token: of each kind, where they stay, and tokens that make none.
#include <p11-kit/pkcs11.h>

#include <algorithm>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;
using ipc::NewKeyAlgorithm;

namespace {

struct EmptyToken {
    EmptyToken() {
        tokens.add("alpha", std::vector<Content>{});
        worker.emplace(tokens, &faults);
        token = worker->list().tokens.front().id;
    }
    ipc::KeyFound generate(NewKeyAlgorithm algorithm, ipc::NewKeyUse use = ipc::NewKeyUse::Both) {
        const auto request =
            worker->post(ipc::MessageType::GenerateKey, ipc::GenerateKey{token, algorithm, use, "new"});
        return worker->expect<ipc::KeyFound>(request, ipc::MessageType::KeyFound);
    }
    Error refusal(NewKeyAlgorithm algorithm) {
        try {
            generate(algorithm);
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorCode::None, "");
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    TokenId token;
};

struct Kind {
    NewKeyAlgorithm algorithm;
    KeyType type;
    uint32_t bits;
    const char* curve;
};

ipc::SignAttributes operation_of(const ipc::KeyFound& key) {
    const auto padding = key.type == KeyType::Rsa ? SignaturePadding::Pkcs1 : SignaturePadding::KeyDefined;
    return {Digest::Sha256, padding, signed_attributes(Digest::Sha256)};
}

}  // namespace

TEST_CASE("token worker: a key of each kind is made on the token, found there, and signs") {
    EmptyToken world;
    world.worker->log_in(world.token);

    for (const auto& kind : {Kind{NewKeyAlgorithm::Rsa2048, KeyType::Rsa, 2048, ""},
                             Kind{NewKeyAlgorithm::P256, KeyType::Ec, 256, "prime256v1"},
                             Kind{NewKeyAlgorithm::P384, KeyType::Ec, 384, "secp384r1"},
                             Kind{NewKeyAlgorithm::P521, KeyType::Ec, 521, "secp521r1"},
                             Kind{NewKeyAlgorithm::Ed25519, KeyType::Ed25519, 256, ""}}) {
        INFO("kind " << static_cast<int>(kind.algorithm));
        const auto made = world.generate(kind.algorithm);
        CHECK(made.type == kind.type);
        CHECK(made.bits == kind.bits);
        CHECK(made.curve == kind.curve);
        CHECK(made.label == "new");
        CHECK(made.certificate.empty());
        const auto listing = world.worker->list();
        const auto found = std::ranges::find(listing.keys, made.reference, &ipc::KeyFound::reference);
        REQUIRE(found != listing.keys.end());
        CHECK(found->uri == made.uri);
        CHECK_NOTHROW(world.worker->sign(*found, operation_of(*found)));
    }
    CHECK(world.worker->list().keys.size() == 5);
}

TEST_CASE("token worker: a key that was made cannot be read from the token, nor used without a login") {
    EmptyToken world;
    world.worker->log_in(world.token);

    world.generate(NewKeyAlgorithm::P256);
    world.generate(NewKeyAlgorithm::Rsa2048, ipc::NewKeyUse::Sign);

    const auto flags = world.tokens.private_key_flags("alpha");
    REQUIRE(flags.size() == 2);
    for (const auto& key : flags) {
        CHECK(key.is_private);
        CHECK(key.sensitive);
        CHECK_FALSE(key.extractable);
        CHECK(key.signs);
        CHECK(key.recovers == (key.type == CKK_EC));
    }
}

TEST_CASE("token worker: the kind of key that nobody chose is one that mail programs read and the token makes") {
    EmptyToken world;
    world.worker->log_in(world.token);

    CHECK(world.generate(NewKeyAlgorithm::Default).bits == 3072);
    world.faults.set("refuse 0");  // CKM_RSA_PKCS_KEY_PAIR_GEN
    CHECK(world.generate(NewKeyAlgorithm::Default).curve == "prime256v1");
}

TEST_CASE("token worker: a kind of key that the token does not make is refused, naming those that it makes") {
    EmptyToken world;
    world.worker->log_in(world.token);
    world.faults.set("refuse 4181");  // CKM_EC_EDWARDS_KEY_PAIR_GEN
    world.faults.clear_log();

    const auto refusal = world.refusal(NewKeyAlgorithm::Ed25519);

    CHECK(refusal.code() == ErrorCode::UnsupportedAlgorithm);
    CHECK(refusal.message() ==
          "cannot make an ed25519 key: the token makes rsa2048, rsa3072, rsa4096, p256, p384, p521");
    CHECK(world.faults.count("C_GenerateKeyPair") == 0);
    world.faults.set("");
    CHECK(world.refusal(NewKeyAlgorithm::Ed25519).code() == ErrorCode::None);
}

TEST_CASE("token worker: a token that cannot be written says why, and the next key is made") {
    EmptyToken world;
    world.worker->log_in(world.token);
    const auto check = [&](const char* fault, ErrorCode code, const char* why) {
        INFO(fault);
        world.faults.set(fault);
        world.faults.clear_log();
        const auto refusal = world.refusal(NewKeyAlgorithm::P256);
        CHECK(refusal.code() == code);
        CHECK_THAT(refusal.message(), ContainsSubstring(why));
        const auto calls = world.faults.calls();
        CHECK(std::ranges::count(calls, "C_OpenSession CKR_OK") <= std::ranges::count(calls, "C_CloseSession CKR_OK"));
    };

    check("flags 2", ErrorCode::TokenNotWritable, "write-protected");  // CKF_WRITE_PROTECTED
    check("return C_GenerateKeyPair CKR_TOKEN_WRITE_PROTECTED", ErrorCode::TokenNotWritable, "write-protected");
    check("return C_GenerateKeyPair CKR_DEVICE_MEMORY", ErrorCode::TokenNotWritable, "no room");
    check("return C_GenerateKeyPair CKR_FUNCTION_NOT_SUPPORTED", ErrorCode::UnsupportedAlgorithm, "cannot do that");
    check("return C_GenerateKeyPair CKR_DEVICE_ERROR", ErrorCode::ModuleFailed, "CKR_DEVICE_ERROR");
    check("return C_GenerateKeyPair CKR_DEVICE_REMOVED", ErrorCode::TokenRemoved, "CKR_DEVICE_REMOVED");
    world.faults.set("");
    world.worker->log_in(world.worker->list().tokens.front().id);  // it has been away
    CHECK(world.refusal(NewKeyAlgorithm::P256).code() == ErrorCode::None);
}

TEST_CASE("token worker: no key is made without a login") {
    EmptyToken world;

    CHECK(world.refusal(NewKeyAlgorithm::P256).code() == ErrorCode::InteractionRequired);
    CHECK(world.worker->list().keys.empty());
    world.worker->log_in(world.token);
    CHECK(world.refusal(NewKeyAlgorithm::P256).code() == ErrorCode::None);
}
