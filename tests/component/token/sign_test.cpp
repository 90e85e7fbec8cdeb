// SPDX-License-Identifier: LGPL-2.1-or-later
// Signatures by the token worker, judged by OpenSSL with the certificate.
#include <openssl/rsa.h>

#include "catch.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

/// OpenSSL's own path from message to verdict, none of the worker's code.
bool verifies(const std::string& name, const ipc::SignAttributes& operation, ByteView signature) {
    auto* key = X509_get0_pubkey(test_key(name).certificate.get());
    const bool edwards = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;
    if (EVP_DigestVerifyInit(context.get(), &parameters, edwards ? nullptr : openssl_digest(operation.digest), nullptr,
                             key) != 1)
        return false;
    if (operation.padding == SignaturePadding::Pss) {
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
    }
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), operation.attributes.data(),
                            operation.attributes.size()) == 1;
}

ipc::SignAttributes operation_of(Digest digest, SignaturePadding padding) {
    return {digest, padding, signed_attributes(digest)};
}

struct Choice {
    const char* key;
    SignaturePadding padding;
};

}  // namespace

TEST_CASE("token worker: every algorithm's signature verifies with the certificate") {
    SoftTokens tokens;
    const std::vector<std::string> names{"rsa2048", "rsa3072", "rsa4096", "p256", "p384", "p521", "ed25519"};
    tokens.add("alpha", names);
    WorkerProcess worker(tokens);
    worker.log_in(worker.list().tokens.front().id);
    const auto listing = worker.list();

    for (const auto& choice :
         {Choice{"rsa2048", SignaturePadding::Pkcs1}, Choice{"rsa2048", SignaturePadding::Pss},
          Choice{"rsa3072", SignaturePadding::Pkcs1}, Choice{"rsa3072", SignaturePadding::Pss},
          Choice{"rsa4096", SignaturePadding::Pkcs1}, Choice{"rsa4096", SignaturePadding::Pss},
          Choice{"p256", SignaturePadding::KeyDefined}, Choice{"p384", SignaturePadding::KeyDefined},
          Choice{"p521", SignaturePadding::KeyDefined}, Choice{"ed25519", SignaturePadding::KeyDefined}})
        for (const auto digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
            INFO(choice.key << " digest " << static_cast<int>(digest) << " padding "
                            << static_cast<int>(choice.padding));
            const auto operation = operation_of(digest, choice.padding);
            const auto signature = worker.sign(listing.key(choice.key), operation);
            CHECK(verifies(choice.key, operation, signature));
        }
}

TEST_CASE("token worker: where the token has no PSS of its own, raw RSA makes it") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    worker.log_in(worker.list().tokens.front().id);
    const auto key = worker.list().key("rsa2048");
    faults.set("refuse CKM_RSA_PKCS_PSS");

    for (const auto digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
        const auto operation = operation_of(digest, SignaturePadding::Pss);
        CHECK(verifies("rsa2048", operation, worker.sign(key, operation)));
    }
}

TEST_CASE("token worker: a warm second signature costs two PKCS#11 calls") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048", "p256"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    worker.log_in(worker.list().tokens.front().id);
    const auto listing = worker.list();

    for (const auto& choice : {Choice{"rsa2048", SignaturePadding::Pkcs1}, Choice{"rsa2048", SignaturePadding::Pss},
                               Choice{"p256", SignaturePadding::KeyDefined}}) {
        const auto operation = operation_of(Digest::Sha256, choice.padding);
        worker.sign(listing.key(choice.key), operation);
        faults.clear_log();
        worker.sign(listing.key(choice.key), operation);
        CHECK(faults.calls() == std::vector<std::string>{"C_SignInit CKR_OK", "C_Sign CKR_OK"});
    }
}

TEST_CASE("token worker: what is not a set of signed attributes is not signed") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    worker.log_in(worker.list().tokens.front().id);
    const auto key = worker.list().key("rsa2048");
    auto operation = operation_of(Digest::Sha256, SignaturePadding::Pkcs1);
    CHECK_NOTHROW(worker.sign(key, operation));
    faults.clear_log();

    operation.attributes = to_bytes(bytes_of("1 pound of flesh"));
    CHECK(code_of([&] { worker.sign(key, operation); }) == ErrorCode::InvalidArgs);
    operation.attributes = signed_attributes(Digest::Sha384);
    CHECK(code_of([&] { worker.sign(key, operation); }) == ErrorCode::InvalidArgs);
    CHECK(faults.calls().empty());
}

TEST_CASE("token worker: a padding that does not fit the key, and SHA-1, are refused") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048", "p256"});
    WorkerProcess worker(tokens);
    worker.log_in(worker.list().tokens.front().id);
    const auto listing = worker.list();
    const auto attempt = [&](const char* key, Digest digest, SignaturePadding padding) {
        return code_of([&] { worker.sign(listing.key(key), operation_of(digest, padding)); });
    };
    CHECK(attempt("rsa2048", Digest::Sha256, SignaturePadding::Pkcs1) == ErrorCode::None);

    CHECK(attempt("rsa2048", Digest::Sha256, SignaturePadding::KeyDefined) == ErrorCode::InvalidArgs);
    CHECK(attempt("p256", Digest::Sha256, SignaturePadding::Pss) == ErrorCode::InvalidArgs);
    CHECK(attempt("rsa2048", Digest::Sha1, SignaturePadding::Pkcs1) == ErrorCode::UnsupportedAlgorithm);
}

TEST_CASE("token worker: a token that cannot sign with a kind of key says so") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048", "p256"});
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    worker.log_in(worker.list().tokens.front().id);
    const auto listing = worker.list();
    const auto attempt = [&](const char* key, SignaturePadding padding) {
        return code_of([&] { worker.sign(listing.key(key), operation_of(Digest::Sha256, padding)); });
    };
    REQUIRE(attempt("p256", SignaturePadding::KeyDefined) == ErrorCode::None);
    faults.set("refuse CKM_ECDSA");

    CHECK(attempt("p256", SignaturePadding::KeyDefined) == ErrorCode::UnsupportedAlgorithm);
    CHECK(attempt("rsa2048", SignaturePadding::Pkcs1) == ErrorCode::None);
}

TEST_CASE("token worker: a job signs sixteen times at most, and only a job signs") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    WorkerProcess worker(tokens);
    worker.log_in(worker.list().tokens.front().id);
    const auto key = worker.list().key("p256");
    const auto operation = operation_of(Digest::Sha256, SignaturePadding::KeyDefined);
    for (int i = 0; i < 16; ++i) REQUIRE_NOTHROW(worker.sign(key, operation, 7));

    CHECK(code_of([&] { worker.sign(key, operation, 7); }) == ErrorCode::AccessDenied);
    CHECK_NOTHROW(worker.sign(key, operation, 8));
    const auto request =
        worker.post(ipc::MessageType::TokenSignAttributes, ipc::TokenSignAttributes{key.reference, operation}, 0);
    CHECK(code_of([&] { worker.expect<ipc::Signature>(request, ipc::MessageType::Signature); }) ==
          ErrorCode::AccessDenied);
}
