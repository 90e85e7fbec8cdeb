// SPDX-License-Identifier: LGPL-2.1-or-later
// Certificates put beside their keys: once each, with their chain, and files and tokens of no use.
#include <openssl/pem.h>

#include <algorithm>

#include "catch.hpp"
#include "token/certificate_facts.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

Bytes pem_of(const std::vector<std::string>& names) {
    const Owned<BIO, BIO_free> memory(BIO_new(BIO_s_mem()));
    for (const auto& name : names) PEM_write_bio_X509(memory.get(), test_key(name).certificate.get());
    const uint8_t* data = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &data);
    return {data, data + size};
}

Bytes der_of_certificate(const std::string& name) { return der_of(test_key(name).certificate.get()); }

std::string fingerprint_of(const std::string& name) { return hex(digest_of(Digest::Sha256, der_of_certificate(name))); }

/// A token with a key that has no certificate.
struct StoreWorld {
    explicit StoreWorld(const std::string& name = "p256") {
        tokens.add("alpha", {Content{name, "", name}});
        worker.emplace(tokens, &faults);
        token = worker->list().tokens.front().id;
        worker->log_in(token);
        key = worker->list().keys.front().reference.key;
    }
    ipc::CertificateStored store(const Bytes& file) {
        const auto request =
            worker->post(ipc::MessageType::StoreCertificate, ipc::StoreCertificate{token, key, "mine", file});
        return worker->expect<ipc::CertificateStored>(request, ipc::MessageType::CertificateStored);
    }
    std::vector<KeyId> keys_in(const Bytes& file) {
        const auto request = worker->post(ipc::MessageType::ReadCertificateFile, ipc::ReadCertificateFile{file});
        return worker->expect<ipc::CertificateFileRead>(request, ipc::MessageType::CertificateFileRead).keys;
    }
    ErrorCode refusal(const Bytes& file) {
        return code_of([&] { store(file); });
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
    TokenId token;
    KeyId key;
};

}  // namespace

TEST_CASE("token worker: a certificate is stored beside its key, which then signs") {
    const auto name = GENERATE(as<std::string>{}, "rsa2048", "p256", "ed25519");
    StoreWorld world(name);

    const auto stored = world.store(der_of_certificate(name));

    CHECK(stored.stored == std::vector{fingerprint_of(name)});
    CHECK(stored.present.empty());
    const auto listing = world.worker->list();
    REQUIRE(listing.keys.size() == 1);
    const auto& key = listing.keys.front();
    CHECK(key.label == "mine");
    CHECK(key.certificate == der_of_certificate(name));
    CHECK(key.has_private_key);
    CHECK(key.may_sign);
    const auto padding = name == "rsa2048" ? SignaturePadding::Pkcs1 : SignaturePadding::KeyDefined;
    CHECK_NOTHROW(world.worker->sign(key, {Digest::Sha256, padding, signed_attributes(Digest::Sha256)}));
}

TEST_CASE("token worker: the certificates above it are stored with it, whatever their order, and strangers are not") {
    StoreWorld world;

    const auto stored = world.store(pem_of({"authority", "p384", "p256"}));

    CHECK(stored.stored == std::vector{fingerprint_of("p256"), fingerprint_of("authority")});
    const auto listing = world.worker->list();
    REQUIRE(listing.keys.size() == 1);
    CHECK(listing.keys.front().chain == std::vector<Bytes>{der_of_certificate("authority")});
}

TEST_CASE("token worker: a certificate that is there already is not stored twice") {
    StoreWorld world;
    world.store(pem_of({"p256", "authority"}));
    world.faults.clear_log();

    const auto again = world.store(pem_of({"p256", "authority"}));

    CHECK(again.stored.empty());
    CHECK(again.present == std::vector{fingerprint_of("p256"), fingerprint_of("authority")});
    CHECK(world.faults.count("C_CreateObject") == 0);
    CHECK(world.worker->list().keys.size() == 1);
}

TEST_CASE("token worker: a file is told by the keys that it is for, those of authorities left out") {
    StoreWorld world;

    CHECK(world.keys_in(pem_of({"p256", "authority"})) == std::vector{world.key});
    CHECK(world.keys_in(pem_of({"p256", "p256", "p384"})) ==
          std::vector{world.key, key_id_of(test_key("p384").key.get())});
    CHECK(world.keys_in(pem_of({"authority"})).empty());
}

TEST_CASE("token worker: a file with nothing for the key changes nothing on the token") {
    StoreWorld world;
    world.faults.clear_log();

    CHECK(world.refusal(pem_of({"p384"})) == ErrorCode::NoSuchKey);
    CHECK(world.refusal({}) == ErrorCode::BadMessage);
    CHECK(world.refusal(to_bytes(bytes_of("no certificate"))) == ErrorCode::BadMessage);
    CHECK(world.refusal(Bytes(100, 0x30)) == ErrorCode::BadMessage);
    auto trailing = der_of_certificate("p256");
    trailing.push_back(0);
    CHECK(world.refusal(trailing) == ErrorCode::BadMessage);
    auto broken = pem_of({"p256"});
    broken[broken.size() / 2] = '!';
    CHECK(world.refusal(broken) == ErrorCode::BadMessage);
    CHECK(world.refusal(pem_of(std::vector<std::string>(17, "p256"))) == ErrorCode::LimitExceeded);
    CHECK(world.faults.count("C_CreateObject") == 0);
    CHECK(world.refusal(pem_of({"p256"})) == ErrorCode::None);
}

TEST_CASE("token worker: a certificate that cannot be written says why, and can be stored after that") {
    StoreWorld world;
    const auto refusal_with = [&](const char* fault) {
        world.faults.set(fault);
        return world.refusal(pem_of({"p256"}));
    };

    CHECK(refusal_with("flags 2") == ErrorCode::TokenNotWritable);  // CKF_WRITE_PROTECTED
    CHECK(refusal_with("return C_CreateObject CKR_TOKEN_WRITE_PROTECTED") == ErrorCode::TokenNotWritable);
    CHECK(refusal_with("return C_CreateObject CKR_DEVICE_MEMORY") == ErrorCode::TokenNotWritable);
    CHECK(refusal_with("return C_CreateObject CKR_DEVICE_ERROR") == ErrorCode::ModuleFailed);
    CHECK(world.worker->list().keys.front().certificate.empty());
    CHECK(refusal_with("") == ErrorCode::None);
}
