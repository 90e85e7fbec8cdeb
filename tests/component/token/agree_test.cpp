// SPDX-License-Identifier: LGPL-2.1-or-later
// Key agreement by the token worker against OpenSSL's, from the sender's side.
#include <openssl/core_names.h>

#include <algorithm>
#include <array>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

struct Sender {
    Bytes point;
    Bytes key_encryption_key;
};

Sender send_to(const std::string& recipient, const ipc::AgreeKey& operation) {
    char group[64];
    auto* recipient_key = test_key(recipient).key.get();
    EVP_PKEY_get_utf8_string_param(recipient_key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr);
    const PublicKey ephemeral(EVP_EC_gen(group));
    Sender sender;
    sender.point.resize(256);
    size_t size = 0;
    EVP_PKEY_get_octet_string_param(ephemeral.get(), OSSL_PKEY_PARAM_PUB_KEY, sender.point.data(), sender.point.size(),
                                    &size);
    sender.point.resize(size);

    const PublicKeyContext context(EVP_PKEY_CTX_new(ephemeral.get(), nullptr));
    REQUIRE(EVP_PKEY_derive_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_derive_set_peer(context.get(), recipient_key) == 1);
    EVP_PKEY_CTX_set_ecdh_kdf_type(context.get(), EVP_PKEY_ECDH_KDF_X9_63);
    EVP_PKEY_CTX_set_ecdh_kdf_md(context.get(), openssl_digest(operation.kdf_hash));
    EVP_PKEY_CTX_set_ecdh_kdf_outlen(context.get(), operation.key_length);
    auto* information = OPENSSL_memdup(operation.shared_info.data(), operation.shared_info.size());
    EVP_PKEY_CTX_set0_ecdh_kdf_ukm(context.get(), static_cast<uint8_t*>(information),
                                   static_cast<int>(operation.shared_info.size()));
    sender.key_encryption_key.resize(operation.key_length);
    size = sender.key_encryption_key.size();
    REQUIRE(EVP_PKEY_derive(context.get(), sender.key_encryption_key.data(), &size) == 1);
    return sender;
}

ipc::AgreeKey operation_of(Digest hash, uint16_t key_length) {
    ipc::AgreeKey operation;
    operation.kdf_hash = hash;
    operation.key_length = key_length;
    operation.shared_info = to_bytes(bytes_of("shared information"));
    return operation;
}

/// HKDF of RFC 5869 by OpenSSL's older interface, which the worker does not use.
Bytes hkdf_of(ByteView secret, const ipc::AgreeKey& operation) {
    const PublicKeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
    Bytes key(operation.key_length);
    size_t size = key.size();
    REQUIRE(EVP_PKEY_derive_init(context.get()) == 1);
    EVP_PKEY_CTX_set_hkdf_md(context.get(), openssl_digest(operation.kdf_hash));
    EVP_PKEY_CTX_set1_hkdf_key(context.get(), secret.data(), static_cast<int>(secret.size()));
    if (!operation.salt.empty())
        EVP_PKEY_CTX_set1_hkdf_salt(context.get(), operation.salt.data(), static_cast<int>(operation.salt.size()));
    EVP_PKEY_CTX_add1_hkdf_info(context.get(), operation.shared_info.data(),
                                static_cast<int>(operation.shared_info.size()));
    REQUIRE(EVP_PKEY_derive(context.get(), key.data(), &size) == 1);
    return key;
}

Sender send_by_x25519(const ipc::AgreeKey& operation) {
    const PublicKey ephemeral(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
    Sender sender{Bytes(32), {}};
    auto size = sender.point.size();
    REQUIRE(EVP_PKEY_get_raw_public_key(ephemeral.get(), sender.point.data(), &size) == 1);
    const PublicKeyContext context(EVP_PKEY_CTX_new(ephemeral.get(), nullptr));
    Bytes secret(32);
    REQUIRE(EVP_PKEY_derive_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_derive_set_peer(context.get(), test_key("x25519").key.get()) == 1);
    REQUIRE(EVP_PKEY_derive(context.get(), secret.data(), &size) == 1);
    sender.key_encryption_key = hkdf_of(secret, operation);
    return sender;
}

struct AgreeWorld {
    AgreeWorld() {
        tokens.add("alpha", std::vector<std::string>{"p256", "p384", "p521", "brainpoolP256r1", "brainpoolP384r1",
                                                     "brainpoolP512r1", "ed25519", "x25519"});
        worker.emplace(tokens, &faults);
        worker->log_in(worker->list().tokens.front().id);
        keys = worker->list();
        faults.clear_log();
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    WorkerProcess::Listing keys;
};

}  // namespace

TEST_CASE("token worker: both sides agree on the key-encryption key for all curves, hashes and lengths (RFC 5753)") {
    AgreeWorld world;

    for (const char* curve : {"p256", "p384", "p521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"})
        for (const auto hash : {Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512})
            for (const auto length : std::to_array<uint16_t>({16, 24, 32}))
                for (const auto agreement : {ipc::Agreement::Standard, ipc::Agreement::Cofactor}) {
                    auto operation = operation_of(hash, length);
                    operation.agreement = agreement;
                    const auto sender = send_to(curve, operation);
                    operation.ephemeral_point = sender.point;
                    CHECK(world.worker->agree(world.keys.key(curve), operation) == sender.key_encryption_key);
                }
    const auto derived = std::ranges::count(world.faults.calls(), "C_DeriveKey CKR_OK");
    CHECK(static_cast<size_t>(derived) == world.faults.count("C_DestroyObject"));
}

TEST_CASE("token worker: a point that looks like an OCTET STRING is understood all the same (PKCS#11 2.40 2.3.8)") {
    AgreeWorld world;
    const auto* curve = GENERATE("p256", "p384", "brainpoolP512r1");
    auto operation = operation_of(Digest::Sha256, 32);
    auto sender = send_to(curve, operation);
    while (sender.point[1] != sender.point.size() - 2) sender = send_to(curve, operation);
    operation.ephemeral_point = sender.point;

    CHECK(world.worker->agree(world.keys.key(curve), operation) == sender.key_encryption_key);
}

TEST_CASE("token worker: a point off the curve, of another form or size, never reaches the token (row 18)") {
    AgreeWorld world;
    auto operation = operation_of(Digest::Sha256, 32);
    const auto sender = send_to("p256", operation);
    const auto code_with = [&](Bytes point) {
        operation.ephemeral_point = std::move(point);
        return code_of([&] { world.worker->agree(world.keys.key("p256"), operation); });
    };
    REQUIRE(code_with(sender.point) == ErrorCode::None);
    world.faults.clear_log();

    auto off_curve = sender.point;
    off_curve.back() ^= 1;
    CHECK(code_with(off_curve) == ErrorCode::BadMessage);
    auto hybrid = sender.point;
    hybrid[0] = static_cast<uint8_t>(6 + (hybrid.back() & 1));
    CHECK(code_with(hybrid) == ErrorCode::BadMessage);
    CHECK(code_with(Bytes(sender.point.begin(), sender.point.begin() + 33)) == ErrorCode::BadMessage);
    CHECK(code_with({}) == ErrorCode::BadMessage);
    CHECK(code_with({0}) == ErrorCode::BadMessage);
    CHECK(code_with(send_to("p384", operation).point) == ErrorCode::BadMessage);
    CHECK(world.faults.calls().empty());
}

TEST_CASE("token worker: X25519 agrees on the token, with HKDF, salted or not (RFC 8418 §2.2)") {
    AgreeWorld world;
    CHECK(world.keys.key("x25519").type == KeyType::X25519);
    CHECK(world.keys.key("x25519").may_decrypt);
    CHECK_FALSE(world.keys.key("x25519").may_sign);

    for (const auto hash : {Digest::Sha256, Digest::Sha384, Digest::Sha512})
        for (const auto length : std::to_array<uint16_t>({16, 24, 32}))
            for (const auto& salt : {Bytes(), Bytes(64, 3), Bytes(512, 4)}) {
                auto operation = operation_of(hash, length);
                operation.derivation = ipc::KeyDerivation::Hkdf;
                operation.salt = salt;
                const auto sender = send_by_x25519(operation);
                operation.ephemeral_point = sender.point;
                CHECK(world.worker->agree(world.keys.key("x25519"), operation) == sender.key_encryption_key);
            }
    CHECK(world.faults.count("C_DeriveKey") == world.faults.count("C_DestroyObject"));
}

TEST_CASE("token worker: an X25519 key of small order, or of another size, never reaches the token (row 18)") {
    AgreeWorld world;
    auto operation = operation_of(Digest::Sha256, 32);
    operation.derivation = ipc::KeyDerivation::Hkdf;
    const auto code_with = [&](Bytes point) {
        operation.ephemeral_point = std::move(point);
        return code_of([&] { world.worker->agree(world.keys.key("x25519"), operation); });
    };
    REQUIRE(code_with(send_by_x25519(operation).point) == ErrorCode::None);
    world.faults.clear_log();

    CHECK(code_with(Bytes(32, 0)) == ErrorCode::BadMessage);
    auto one = Bytes(32, 0);
    one[0] = 1;
    CHECK(code_with(one) == ErrorCode::BadMessage);
    CHECK(code_with(Bytes(31, 9)) == ErrorCode::BadMessage);
    CHECK(code_with(Bytes(33, 9)) == ErrorCode::BadMessage);
    CHECK(code_with({}) == ErrorCode::BadMessage);
    operation.agreement = ipc::Agreement::Cofactor;
    CHECK(code_with(Bytes(32, 9)) == ErrorCode::InvalidArgs);
    CHECK(world.faults.calls().empty());
}

TEST_CASE("token worker: an X25519 key that the token cannot agree with is UnsupportedAlgorithm, which says so") {
    AgreeWorld world;
    auto operation = operation_of(Digest::Sha256, 32);
    operation.derivation = ipc::KeyDerivation::Hkdf;
    operation.ephemeral_point = send_by_x25519(operation).point;
    REQUIRE_NOTHROW(world.worker->agree(world.keys.key("x25519"), operation));

    world.faults.set("refuse ECDH1_DERIVE");
    try {
        world.worker->agree(world.keys.key("x25519"), operation);
        FAIL("it agreed");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::UnsupportedAlgorithm);
        CHECK_THAT(error.message(), ContainsSubstring("X25519"));
        CHECK_THAT(error.message(), ContainsSubstring("CKR_MECHANISM_INVALID"));
    }
}

TEST_CASE("token worker: only EC and X25519 keys agree, and only on keys of a known length") {
    AgreeWorld world;
    auto operation = operation_of(Digest::Sha256, 32);
    operation.ephemeral_point = send_to("p256", operation).point;
    REQUIRE_NOTHROW(world.worker->agree(world.keys.key("p256"), operation));

    CHECK(code_of([&] { world.worker->agree(world.keys.key("ed25519"), operation); }) == ErrorCode::InvalidArgs);
    operation.key_length = 33;
    CHECK(code_of([&] { world.worker->agree(world.keys.key("p256"), operation); }) == ErrorCode::InvalidArgs);
}

TEST_CASE("token worker: a shared secret of a wrong size is the module's failure (row 78)") {
    AgreeWorld world;
    auto operation = operation_of(Digest::Sha256, 32);
    operation.ephemeral_point = send_to("p256", operation).point;
    REQUIRE_NOTHROW(world.worker->agree(world.keys.key("p256"), operation));

    for (const char* fault : {"length C_GetAttributeValue 0", "length C_GetAttributeValue 9223372036854775808"}) {
        world.faults.set(fault);
        CHECK(code_of([&] { world.worker->agree(world.keys.key("p256"), operation); }) == ErrorCode::ModuleFailed);
        world.faults.set("");
        CHECK_NOTHROW(world.worker->agree(world.keys.key("p256"), operation));
    }
}

TEST_CASE(
    "token worker: a token that has no key agreement for the key or its curve is told apart from one that fails") {
    AgreeWorld world;
    auto operation = operation_of(Digest::Sha256, 32);
    operation.ephemeral_point = send_to("brainpoolP256r1", operation).point;
    const auto code = [&] {
        return code_of([&] { world.worker->agree(world.keys.key("brainpoolP256r1"), operation); });
    };
    REQUIRE(code() == ErrorCode::None);

    for (const char* cannot : {"refuse ECDH1_DERIVE", "return C_DeriveKey CKR_CURVE_NOT_SUPPORTED",
                               "return C_DeriveKey CKR_KEY_FUNCTION_NOT_PERMITTED"}) {
        world.faults.set(cannot);
        CHECK(code() == ErrorCode::UnsupportedAlgorithm);
    }
    world.faults.set("return C_DeriveKey CKR_DEVICE_ERROR");
    CHECK(code() == ErrorCode::ModuleFailed);
    world.faults.set("");
    CHECK(code() == ErrorCode::None);
}
