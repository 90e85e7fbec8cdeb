// SPDX-License-Identifier: LGPL-2.1-or-later
// Requests for certificates signed on a token, by keys of every kind and with every flaw.
#include "catch.hpp"
#include "token/certificate_facts.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

using Request = Owned<X509_REQ, X509_REQ_free>;

struct RequestWorld {
    explicit RequestWorld(const std::vector<Content>& contents) {
        tokens.add("alpha", contents);
        worker.emplace(tokens, &faults);
        worker->log_in(worker->list().tokens.front().id);
        faults.clear_log();
    }
    Bytes request(const std::string& name, const ipc::SignCertificateRequest& fields = {"Ann", {"ann@example.org"}},
                  uint64_t job = 0) {
        const auto key = key_id_of(test_key(name).key.get());
        const auto listing = worker->list();
        const auto found =
            std::ranges::find_if(listing.keys, [&](const auto& each) { return each.reference.key == key; });
        if (found == listing.keys.end()) throw Error(ErrorCode::NoSuchKey, name);
        const auto number =
            worker->post(ipc::MessageType::TokenSignCertificateRequest,
                         ipc::TokenSignCertificateRequest{found->reference, fields}, job ? job : worker->next_job());
        return worker->expect<ipc::CertificateRequest>(number, ipc::MessageType::CertificateRequest).der;
    }
    ErrorCode refusal(const std::string& name,
                      const ipc::SignCertificateRequest& fields = {"Ann", {"ann@example.org"}}) {
        return code_of([&] { request(name, fields); });
    }

    SoftTokens tokens;
    Faults faults;
    std::optional<WorkerProcess> worker;
};

bool verifies(const Bytes& der, const std::string& name) {
    const auto* position = der.data();
    const Request request(d2i_X509_REQ(nullptr, &position, static_cast<long>(der.size())));
    return request && X509_REQ_verify(request.get(), test_key(name).key.get()) == 1;
}

}  // namespace

TEST_CASE("token worker: a request for a certificate verifies with the key, for each kind of key") {
    std::vector<Content> contents;
    const std::vector<std::string> names{"rsa2048", "p256", "p384", "p521", "ed25519"};
    for (const auto& name : names) contents.push_back({name, "", name});
    RequestWorld world(contents);

    for (const auto& name : names) {
        INFO(name);
        CHECK(verifies(world.request(name), name));
    }
}

TEST_CASE("token worker: a key with a certificate has a request too, for the renewal") {
    RequestWorld world({Content{"p256", "p256"}});

    CHECK(verifies(world.request("p256"), "p256"));
}

TEST_CASE("token worker: fields that cannot stand in a certificate reach no key") {
    RequestWorld world({Content{"p256", "", "p256"}});
    REQUIRE(world.refusal("p256") == ErrorCode::None);
    world.faults.clear_log();

    CHECK(world.refusal("p256", {"Ann", {"no address"}}) == ErrorCode::InvalidArgs);
    CHECK(world.refusal("p256", {"Ann\n", {"ann@example.org"}}) == ErrorCode::InvalidArgs);
    CHECK(world.refusal("p256", {"Ann", {}}) == ErrorCode::InvalidArgs);
    CHECK(world.faults.count("C_SignInit") == 0);
}

TEST_CASE("token worker: a key that the token lets decrypt only signs no request, and says so") {
    RequestWorld world({Content{"rsa2048", "", "rsa2048", PinWanted::Once, Allowed::Recovery},
                        Content{"p256", "", "p256", PinWanted::Once, Allowed::Signatures}});

    CHECK(world.refusal("rsa2048") == ErrorCode::UnsupportedAlgorithm);
    CHECK(world.refusal("p256") == ErrorCode::None);
}

TEST_CASE("token worker: a sign-only and a decrypt-only key do what they can, and fail clearly in what they cannot") {
    RequestWorld world({Content{"p256", "p256", "", PinWanted::Once, Allowed::Signatures},
                        Content{"p384", "p384", "", PinWanted::Once, Allowed::Recovery}});
    const auto listing = world.worker->list();
    const ipc::SignAttributes operation{Digest::Sha256, SignaturePadding::KeyDefined,
                                        signed_attributes(Digest::Sha256)};

    CHECK(code_of([&] { world.worker->sign(listing.key("p256"), operation); }) == ErrorCode::None);
    CHECK(code_of([&] { world.worker->sign(listing.key("p384"), operation); }) == ErrorCode::UnsupportedAlgorithm);
    CHECK(code_of([&] { world.worker->sign(listing.key("p256"), operation); }) == ErrorCode::None);
}

TEST_CASE("token worker: a request that does not verify is not delivered (row 83)") {
    RequestWorld world({Content{"p256", "", "p256"}});
    REQUIRE(world.refusal("p256") == ErrorCode::None);

    world.faults.set("corrupt C_Sign");
    CHECK(world.refusal("p256") == ErrorCode::ModuleFailed);
    world.faults.set("return C_Sign CKR_DEVICE_REMOVED");
    CHECK(world.refusal("p256") == ErrorCode::TokenRemoved);
    world.faults.set("");
    world.worker->log_in(world.worker->list().tokens.front().id);
    CHECK(world.refusal("p256") == ErrorCode::None);
}

TEST_CASE("token worker: requests count as signatures of their job") {
    RequestWorld world({Content{"p256", "", "p256"}});
    for (int i = 0; i < 16; ++i) REQUIRE_NOTHROW(world.request("p256", {"", {"ann@example.org"}}, 7));

    CHECK(code_of([&] { world.request("p256", {"", {"ann@example.org"}}, 7); }) == ErrorCode::AccessDenied);
    CHECK(world.refusal("p256") == ErrorCode::None);
}
