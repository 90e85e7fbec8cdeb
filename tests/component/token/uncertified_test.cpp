// SPDX-License-Identifier: LGPL-2.1-or-later
// Keys that have no certificate yet: found by their public halves.
#include <algorithm>

#include "catch.hpp"
#include "token/certificate_facts.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

bool has_key(const WorkerProcess::Listing& listing, const std::string& name) {
    return std::ranges::any_of(listing.keys, [&](const ipc::KeyFound& key) {
        return key.reference.key == key_id_of(test_key(name).key.get());
    });
}

/// PKCS#11 calls of a listing when the token has been listed before.
size_t calls_of_listing(const std::vector<Content>& contents) {
    SoftTokens tokens;
    tokens.add("alpha", contents);
    Faults faults;
    WorkerProcess worker(tokens, &faults);
    worker.log_in(worker.list().tokens.front().id);
    worker.list();
    faults.clear_log();
    worker.list();
    return faults.calls().size();
}

}  // namespace

TEST_CASE("token worker: a key without a certificate is known by its public-key object, before login and after") {
    const auto name = GENERATE(as<std::string>{}, "rsa2048", "p256", "p521", "ed25519");
    SoftTokens tokens;
    tokens.add("alpha", {Content{name, "", name}});
    WorkerProcess worker(tokens);
    const auto check = [&](const WorkerProcess::Listing& listing) {
        REQUIRE(listing.keys.size() == 1);
        const auto& key = listing.key(name);
        CHECK(key.reference.token == listing.tokens.front().id);
        CHECK(key.reference.key == key_id_of(test_key(name).key.get()));
        CHECK(key.bits == static_cast<uint32_t>(EVP_PKEY_get_bits(test_key(name).key.get())));
        CHECK(key.uri == listing.tokens.front().id.value + ";id=%01;object=" + name + ";type=private");
        CHECK(key.has_private_key);
        CHECK_FALSE(key.may_sign);
        CHECK_FALSE(key.may_decrypt);
        CHECK(key.certificate.empty());
        CHECK(key.fingerprint.empty());
        CHECK(key.not_after == 0);
    };

    check(worker.list());
    worker.log_in(worker.list().tokens.front().id);
    check(worker.list());
}

TEST_CASE("token worker: a key without a public object tells its public half itself, after login") {
    SoftTokens tokens;
    tokens.add("alpha", {Content{"rsa2048", ""}, Content{"p256", "p256"}});
    WorkerProcess worker(tokens);
    const auto before = worker.list();
    CHECK(before.keys.size() == 1);
    worker.log_in(before.tokens.front().id);

    const auto after = worker.list();

    CHECK(after.keys.size() == 2);
    CHECK(has_key(after, "rsa2048"));
}

TEST_CASE("token worker: a public key alone is another person's once the token is logged in") {
    SoftTokens tokens;
    tokens.add("alpha", {Content{"", "", "rsa2048"}, Content{"p256", "", "p256"}});
    WorkerProcess worker(tokens);
    const auto before = worker.list();
    CHECK(has_key(before, "rsa2048"));
    worker.log_in(before.tokens.front().id);

    const auto after = worker.list();

    CHECK_FALSE(has_key(after, "rsa2048"));
    CHECK(has_key(after, "p256"));
}

TEST_CASE("token worker: a key with a certificate is told once, whatever else the token says of it") {
    SoftTokens tokens;
    tokens.add("alpha", {Content{"ed25519", "ed25519", "ed25519"}, Content{"rsa2048", "rsa2048", "rsa2048"},
                         Content{"p256", "", "p256"}});
    WorkerProcess worker(tokens);
    worker.log_in(worker.list().tokens.front().id);

    const auto listing = worker.list();

    CHECK(listing.keys.size() == 3);
    CHECK(listing.key("ed25519").may_sign);
    CHECK(listing.key("rsa2048").may_decrypt);
    CHECK(listing.key("p256").certificate.empty());
}

TEST_CASE("token worker: looking for keys without a certificate costs a search, and one call for each") {
    const auto bare = calls_of_listing({Content{"rsa2048", "rsa2048"}, Content{"p256", "p256"}});
    const auto with_public =
        calls_of_listing({Content{"rsa2048", "rsa2048", "rsa2048"}, Content{"p256", "p256", "p256"}});

    // Two objects read, and one call more to find that there are no further ones.
    CHECK(with_public == bare + 3);
}
