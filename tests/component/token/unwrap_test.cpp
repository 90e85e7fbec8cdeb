// SPDX-License-Identifier: LGPL-2.1-or-later
// Content keys recovered by RSA, from ciphertexts that OpenSSL made, and from ciphertexts that nobody should have made.
#include <openssl/rsa.h>

#include <array>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

const Bytes content_key_32(32, 0x5a);

struct Encryption {
    int padding = RSA_PKCS1_PADDING;
    Digest hash = Digest::Sha1;
    Digest mgf_hash = Digest::Sha1;
    Bytes label = {};
};

Bytes encrypt(const std::string& name, ByteView plaintext, const Encryption& encryption = {}) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(test_key(name).key.get(), nullptr));
    REQUIRE(EVP_PKEY_encrypt_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), encryption.padding) == 1);
    if (encryption.padding == RSA_PKCS1_OAEP_PADDING) {
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), openssl_digest(encryption.hash));
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), openssl_digest(encryption.mgf_hash));
        if (!encryption.label.empty()) {
            auto* copy = OPENSSL_memdup(encryption.label.data(), encryption.label.size());
            EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(encryption.label.size()));
        }
    }
    Bytes ciphertext(ipc::max_rsa_block);
    auto size = ciphertext.size();
    REQUIRE(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, plaintext.data(), plaintext.size()) == 1);
    ciphertext.resize(size);
    return ciphertext;
}

/// The RSA function alone, so that any block can be made.
Bytes encrypt_block(const std::string& name, ByteView block) { return encrypt(name, block, {RSA_NO_PADDING}); }

ipc::UnwrapContentKey pkcs1(Bytes ciphertext, uint16_t key_length) {
    ipc::UnwrapContentKey operation;
    operation.ciphertext = std::move(ciphertext);
    operation.key_length = key_length;
    return operation;
}

ipc::UnwrapContentKey oaep(Bytes ciphertext, const Encryption& encryption) {
    auto operation = pkcs1(std::move(ciphertext), 32);
    operation.transport = KeyTransport::Oaep;
    operation.oaep_hash = encryption.hash;
    operation.mgf_hash = encryption.mgf_hash;
    operation.oaep_label = encryption.label;
    return operation;
}

struct UnwrapWorld {
    explicit UnwrapWorld(const std::vector<std::string>& names = {"rsa2048"}) {
        tokens.add("alpha", names);
        worker.emplace(tokens, &faults);
        worker->log_in(worker->list().tokens.front().id);
        keys = worker->list();
        faults.clear_log();
    }
    Bytes unwrap(const ipc::UnwrapContentKey& operation, const char* key = "rsa2048") {
        return worker->unwrap(keys.key(key), operation);
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    WorkerProcess::Listing keys;
};

/// A block 00 02 FF.. 00 key of 256 bytes.
Bytes pkcs1_block(ByteView key) {
    Bytes block(256, 0xff);
    block[0] = 0;
    block[1] = 2;
    block[256 - key.size() - 1] = 0;
    std::copy(key.begin(), key.end(), block.end() - static_cast<ptrdiff_t>(key.size()));
    return block;
}

}  // namespace

TEST_CASE("token worker: content keys of all lengths come out of v1.5 for all key sizes") {
    UnwrapWorld world({"rsa2048", "rsa3072", "rsa4096"});

    for (const char* key : {"rsa2048", "rsa3072", "rsa4096"})
        for (const auto length : std::to_array<uint16_t>({16, 24, 32})) {
            const Bytes content_key(length, 0x42);
            CHECK(world.unwrap(pkcs1(encrypt(key, content_key), length), key) == content_key);
        }
}

TEST_CASE("token worker: OAEP with any hash, mask hash and label is undone") {
    UnwrapWorld world;

    for (const auto hash : {Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512})
        for (const auto mgf_hash : {Digest::Sha1, Digest::Sha256})
            for (const auto& label : {Bytes{}, Bytes{1, 2, 3}}) {
                const Encryption encryption{RSA_PKCS1_OAEP_PADDING, hash, mgf_hash, label};
                CHECK(world.unwrap(oaep(encrypt("rsa2048", content_key_32, encryption), encryption)) == content_key_32);
            }
}

TEST_CASE("token worker: without raw RSA the token removes the padding itself") {
    UnwrapWorld world;
    world.faults.set("refuse CKM_RSA_X_509");

    CHECK(world.unwrap(pkcs1(encrypt("rsa2048", content_key_32), 32)) == content_key_32);
    const Encryption encryption{RSA_PKCS1_OAEP_PADDING, Digest::Sha1, Digest::Sha1, {}};
    CHECK(world.unwrap(oaep(encrypt("rsa2048", content_key_32, encryption), encryption)) == content_key_32);
}

TEST_CASE("token worker: a warm decryption costs two PKCS#11 calls") {
    UnwrapWorld world;
    const auto operation = pkcs1(encrypt("rsa2048", content_key_32), 32);
    world.unwrap(operation);
    world.faults.clear_log();

    world.unwrap(operation);

    CHECK(world.faults.calls() == std::vector<std::string>{"C_DecryptInit CKR_OK", "C_Decrypt CKR_OK"});
}

TEST_CASE("token worker: every bad v1.5 block is answered with a key, always the same (row 16)") {
    UnwrapWorld world;
    const auto raw_or_native = GENERATE(as<std::string>{}, "", "refuse CKM_RSA_X_509");
    world.faults.set(raw_or_native);
    const auto good = pkcs1_block(content_key_32);
    REQUIRE(world.unwrap(pkcs1(encrypt_block("rsa2048", good), 32)) == content_key_32);

    std::vector<Bytes> bad_blocks(6, good);
    bad_blocks[0][0] = 1;                          // does not begin with 0
    bad_blocks[1][1] = 1;                          // block type 1
    bad_blocks[2][5] = 0;                          // padding shorter than eight bytes, and a longer message
    bad_blocks[3][256 - 33] = 1;                   // no separator
    bad_blocks[4] = pkcs1_block(Bytes(31, 0x5a));  // a key too short
    bad_blocks[5] = Bytes(256, 0);                 // nothing
    std::vector<Bytes> answers;
    for (const auto& block : bad_blocks) {
        const auto operation = pkcs1(encrypt_block("rsa2048", block), 32);
        const auto first = world.unwrap(operation);
        const auto second = world.unwrap(operation);
        CHECK(first.size() == 32);
        CHECK(first == second);
        CHECK(first != content_key_32);
        answers.push_back(first);
    }
    std::ranges::sort(answers);
    CHECK(std::ranges::adjacent_find(answers) == answers.end());
}

TEST_CASE("token worker: a content key of another length than asked for is answered with a key (row 16)") {
    UnwrapWorld world;
    const auto ciphertext = encrypt("rsa2048", Bytes(16, 0x42));
    REQUIRE(world.unwrap(pkcs1(ciphertext, 16)) == Bytes(16, 0x42));

    const auto answer = world.unwrap(pkcs1(ciphertext, 32));

    CHECK(answer.size() == 32);
}

TEST_CASE("token worker: a failed OAEP check is answered with a key") {
    UnwrapWorld world;
    Encryption encryption{RSA_PKCS1_OAEP_PADDING, Digest::Sha256, Digest::Sha256, {}};
    const auto ciphertext = encrypt("rsa2048", content_key_32, encryption);
    REQUIRE(world.unwrap(oaep(ciphertext, encryption)) == content_key_32);

    encryption.label = {1};
    const auto answer = world.unwrap(oaep(ciphertext, encryption));
    CHECK(answer.size() == 32);
    CHECK(answer != content_key_32);
    CHECK(answer == world.unwrap(oaep(ciphertext, encryption)));
}

TEST_CASE("token worker: any failure of the token that may come from the ciphertext is answered with a key") {
    UnwrapWorld world;
    const auto operation = pkcs1(encrypt("rsa2048", content_key_32), 32);
    REQUIRE(world.unwrap(operation) == content_key_32);
    std::optional<Bytes> synthetic;

    for (const char* fault : {"return C_Decrypt CKR_GENERAL_ERROR", "return C_Decrypt CKR_ENCRYPTED_DATA_INVALID",
                              "return C_Decrypt CKR_DATA_LEN_RANGE", "return C_Decrypt CKR_FUNCTION_FAILED",
                              "length C_Decrypt 0", "length C_Decrypt 9223372036854775808"}) {
        INFO(fault);
        world.faults.set(fault);
        const auto answer = world.unwrap(operation);
        CHECK(answer.size() == 32);
        CHECK(answer != content_key_32);
        if (synthetic) CHECK(answer == *synthetic);
        synthetic = answer;
    }
    world.faults.set("");
    CHECK(world.unwrap(operation) == content_key_32);
}

TEST_CASE("token worker: outcomes that no ciphertext can cause are told") {
    UnwrapWorld world;
    const auto operation = pkcs1(encrypt("rsa2048", content_key_32), 32);
    const auto code_with = [&](const std::string& fault) {
        world.faults.set(fault);
        return code_of([&] { world.unwrap(operation); });
    };

    CHECK(code_with("return C_Decrypt CKR_HOST_MEMORY") == ErrorCode::TokenBusy);
    CHECK(code_with("return C_Decrypt CKR_USER_NOT_LOGGED_IN") == ErrorCode::InteractionRequired);
    CHECK(code_with("return C_DecryptInit CKR_FUNCTION_FAILED") == ErrorCode::ModuleFailed);
    CHECK(code_with("return C_Decrypt CKR_SESSION_HANDLE_INVALID 1") == ErrorCode::None);
    // What comes before C_Decrypt has not seen the ciphertext, whatever it answers.
    CHECK(code_with("return C_DecryptInit CKR_SESSION_HANDLE_INVALID 1\nreturn C_FindObjects CKR_DEVICE_ERROR") ==
          ErrorCode::ModuleFailed);
    CHECK(code_with("") == ErrorCode::None);
    CHECK(code_with("return C_Decrypt CKR_DEVICE_REMOVED") == ErrorCode::TokenRemoved);
}

TEST_CASE("token worker: a ciphertext of another size than the modulus never reaches the token") {
    UnwrapWorld world;
    auto ciphertext = encrypt("rsa2048", content_key_32);
    ciphertext.push_back(0);

    CHECK(code_of([&] { world.unwrap(pkcs1(ciphertext, 32)); }) == ErrorCode::BadMessage);
    CHECK(code_of([&] { world.unwrap(pkcs1(Bytes(255, 1), 32)); }) == ErrorCode::BadMessage);
    CHECK(code_of([&] { world.unwrap(pkcs1(Bytes(256, 1), 31)); }) == ErrorCode::InvalidArgs);
    CHECK(world.faults.count("C_DecryptInit") == 0);
}

TEST_CASE("token worker: a job recovers one key and no second one") {
    UnwrapWorld world;
    const auto operation = pkcs1(encrypt("rsa2048", content_key_32), 32);
    const auto& key = world.keys.key("rsa2048");
    REQUIRE(world.worker->unwrap(key, operation, 7) == content_key_32);

    CHECK(code_of([&] { world.worker->unwrap(key, operation, 7); }) == ErrorCode::AccessDenied);
    CHECK(code_of([&] { world.worker->agree(key, {}, 7); }) == ErrorCode::AccessDenied);
    CHECK(world.worker->unwrap(key, operation, 8) == content_key_32);
}

TEST_CASE("token worker: a job whose operation needed a login first may ask again") {
    UnwrapWorld world;
    const auto operation = pkcs1(encrypt("rsa2048", content_key_32), 32);
    const auto& key = world.keys.key("rsa2048");
    world.faults.set("return C_DecryptInit CKR_USER_NOT_LOGGED_IN 1");
    REQUIRE(code_of([&] { world.worker->unwrap(key, operation, 7); }) == ErrorCode::InteractionRequired);

    CHECK(world.worker->unwrap(key, operation, 7) == content_key_32);
}
