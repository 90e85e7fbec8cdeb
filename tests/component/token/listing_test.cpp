// SPDX-License-Identifier: LGPL-2.1-or-later
// What the token worker tells of tokens, keys and certificates.
#include "catch.hpp"
#include "token/certificate_facts.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

TEST_CASE("token worker: a token is listed with its words and state, uninitialised ones are not") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    WorkerProcess worker(tokens);

    const auto listing = worker.list();

    REQUIRE(listing.tokens.size() == 1);
    const auto& token = listing.tokens.front();
    CHECK(token.label == "alpha");
    CHECK(token.model == "SoftHSM v2");
    CHECK(token.id.value.starts_with("pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial="));
    CHECK(token.id.value.ends_with(";token=alpha"));
    CHECK(token.authentication == ipc::Authentication::Pin);
    CHECK(token.pin_state == ipc::PinState::Normal);
    CHECK_FALSE(token.logged_in);
}

TEST_CASE("token worker: a key is known before login by its certificate") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"rsa2048", "p384"});
    WorkerProcess worker(tokens);

    const auto listing = worker.list();

    REQUIRE(listing.keys.size() == 2);
    const auto& rsa = listing.key("rsa2048");
    CHECK(rsa.reference.token == listing.tokens.front().id);
    CHECK(rsa.reference.key == key_id_of(test_key("rsa2048").key.get()));
    CHECK(rsa.type == KeyType::Rsa);
    CHECK(rsa.bits == 2048);
    CHECK(rsa.has_private_key);
    CHECK_FALSE(rsa.always_authenticate);
    CHECK(rsa.may_sign);
    CHECK(rsa.may_decrypt);
    CHECK(rsa.certificate == der_of(test_key("rsa2048").certificate.get()));
    CHECK(rsa.addresses == std::vector<std::string>{"rsa2048@example.org"});
    CHECK(rsa.subject == "CN=rsa2048");
    CHECK(rsa.uri.starts_with(listing.tokens.front().id.value + ";id=%01;object=rsa2048"));
    CHECK(rsa.not_before < rsa.not_after);
    CHECK(listing.key("p384").curve == "secp384r1");
}

TEST_CASE("token worker: an authority's certificate is part of the chains and no key") {
    SoftTokens tokens;
    tokens.add("alpha", {Content{"p256", "p256"}, Content{"", "authority"}});
    WorkerProcess worker(tokens);

    const auto listing = worker.list();

    REQUIRE(listing.keys.size() == 1);
    REQUIRE(listing.keys.front().chain.size() == 1);
    CHECK(listing.keys.front().chain.front() == der_of(test_key("authority").certificate.get()));
}

TEST_CASE("token worker: an Ed25519 key does not hide the others") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"ed25519", "p256"});
    WorkerProcess worker(tokens);
    worker.log_in(worker.list().tokens.front().id);

    const auto listing = worker.list();

    CHECK(listing.keys.size() == 2);
    CHECK(listing.key("p256").has_private_key);
    CHECK(listing.key("ed25519").has_private_key);
}

TEST_CASE("token worker: two tokens with one label differ by serial (row 66)") {
    SoftTokens tokens;
    tokens.add("same", std::vector<std::string>{"p256"});
    tokens.add("same", std::vector<std::string>{"p256"});
    WorkerProcess worker(tokens);

    const auto listing = worker.list();

    REQUIRE(listing.tokens.size() == 2);
    CHECK(listing.tokens[0].label == listing.tokens[1].label);
    CHECK(listing.tokens[0].id != listing.tokens[1].id);
    REQUIRE(listing.keys.size() == 2);
    CHECK(listing.keys[0].reference.key == listing.keys[1].reference.key);
    CHECK(listing.keys[0].reference.token != listing.keys[1].reference.token);
}

TEST_CASE("token worker: a certificate without its key says so once the token is logged in (row 61)") {
    SoftTokens tokens;
    tokens.add("alpha", {Content{"p256", "p256"}, Content{"", "p384"}});
    WorkerProcess worker(tokens);
    const auto before = worker.list();
    CHECK(before.key("p384").has_private_key);
    worker.log_in(before.tokens.front().id);

    const auto after = worker.list();

    CHECK(after.key("p256").has_private_key);
    CHECK_FALSE(after.key("p384").has_private_key);
    ipc::SignAttributes operation{Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)};
    CHECK_NOTHROW(worker.sign(after.key("p256"), operation));
    CHECK(code_of([&] { worker.sign(after.key("p384"), operation); }) == ErrorCode::NoSuchKey);
}

TEST_CASE("token worker: a token that is not there is absent (row 63)") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    WorkerProcess worker(tokens);
    auto key = worker.list().key("p256");
    key.reference.token.value += "x";
    ipc::SignAttributes operation{Digest::Sha256, SignaturePadding::KeyDefined, signed_attributes(Digest::Sha256)};

    CHECK(code_of([&] { worker.sign(key, operation); }) == ErrorCode::TokenAbsent);
}

TEST_CASE("token worker: the login of one token is not seen on another") {
    SoftTokens tokens;
    tokens.add("alpha", std::vector<std::string>{"p256"});
    tokens.add("beta", std::vector<std::string>{"p256-b"});
    WorkerProcess worker(tokens);
    worker.log_in(worker.list().token("alpha").id);

    const auto listing = worker.list();

    CHECK(listing.token("alpha").logged_in);
    CHECK_FALSE(listing.token("beta").logged_in);
}
