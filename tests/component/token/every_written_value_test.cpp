// SPDX-License-Identifier: LGPL-2.1-or-later
// Every return value of PKCS#11, and some that are not in it, from every call that changes a token.
#include <openssl/x509.h>

#include "catch.hpp"
#include "token/certificate_facts.hpp"
#include "token/return_values.hpp"
#include "token_fixture.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

/// A token with a key that signs and one that has no certificate yet.
class WritingWorld {
public:
    WritingWorld() {
        tokens_.add("alpha", {Content{"p256", "p256"}, Content{"rsa2048", "", "rsa2048"}});
        worker_.emplace(tokens_, &faults);
        token_ = worker_->list().tokens.front().id;
        worker_->log_in(token_);
        keys_ = worker_->list();
    }

    void generate() {
        const auto request =
            worker_->post(ipc::MessageType::GenerateKey,
                          ipc::GenerateKey{token_, ipc::NewKeyAlgorithm::P256, ipc::NewKeyUse::Sign, "new"});
        worker_->expect<ipc::KeyFound>(request, ipc::MessageType::KeyFound);
    }
    void store() {
        const auto request = worker_->post(
            ipc::MessageType::StoreCertificate,
            ipc::StoreCertificate{token_, uncertified(), "mine", der_of(test_key("rsa2048").certificate.get())});
        worker_->expect<ipc::CertificateStored>(request, ipc::MessageType::CertificateStored);
    }
    void change_pin() { renew_pin(ipc::MessageType::ChangePin, test_pin); }
    void unblock_pin() { renew_pin(ipc::MessageType::UnblockPin, security_officer_pin); }

    /// As the broker has it: after a removal or another's login it takes a login.
    void require_next_good_request() {
        const auto code = sign();
        if (code == ErrorCode::InteractionRequired || code == ErrorCode::NoSuchKey) {
            worker_->list();
            worker_->log_in(token_);
        }
        REQUIRE((code == ErrorCode::None ? code : sign()) == ErrorCode::None);
    }
    size_t unread_answers() const { return worker_->unread(); }

    Faults faults;

private:
    ErrorCode sign() {
        const ipc::SignAttributes operation{Digest::Sha256, SignaturePadding::KeyDefined,
                                            signed_attributes(Digest::Sha256)};
        return code_of([&] { worker_->sign(keys_.key("p256"), operation); });
    }
    KeyId uncertified() const {
        return std::ranges::find_if(keys_.keys, [](const auto& key) { return key.certificate.empty(); })->reference.key;
    }
    /// The new PIN is the old one.
    void renew_pin(ipc::MessageType type, const std::string& old_pin) {
        ScriptedPinentry person({types(old_pin), types(test_pin), types(test_pin), types(old_pin), types(old_pin)});
        const int file = person.worker_end().get();
        ipc::Notice notice{.token = token_, .prompt = {.title = "Cardseal", .description = "A test", .options = {}}};
        notice.prompt.timeout_ms = 30'000;
        const auto request = worker_->post(type, notice, 0, {&file, 1});
        person.close_worker_end();
        const auto ended = worker_->expect<ipc::LoginEnded>(request, ipc::MessageType::LoginEnded);
        if (ended.result == ipc::LoginResult::Incorrect) throw Error(ErrorCode::PinIncorrect, ended.message);
        if (ended.result != ipc::LoginResult::LoggedIn) throw Error(ErrorCode::PinLocked, ended.message);
    }

    SoftTokens tokens_;
    std::optional<WorkerProcess> worker_;
    TokenId token_;
    WorkerProcess::Listing keys_;
};

struct Change {
    std::string name;
    void (WritingWorld::*run)();
    std::vector<std::string> calls;
};

const Change changes[] = {{"generate", &WritingWorld::generate, {"C_OpenSession", "C_GenerateKeyPair"}},
                          {"store", &WritingWorld::store, {"C_OpenSession", "C_CreateObject"}},
                          {"change the PIN", &WritingWorld::change_pin, {"C_OpenSession", "C_SetPIN"}},
                          {"unblock the PIN", &WritingWorld::unblock_pin, {"C_OpenSession", "C_InitPIN"}}};

}  // namespace

TEST_CASE("token worker: every return value of every call that changes a token is one clear error", "[failures]") {
    const auto* change = &changes[GENERATE(range(0, 4))];
    WritingWorld world;

    for (const auto& call : change->calls)
        for (const auto value : every_return_value()) {
            INFO(change->name << ": " << call << " returns " << describe(value).name);
            world.faults.set("return " + call + " " + std::to_string(value));

            const auto code = code_of([&] { (world.*change->run)(); });

            CHECK(code != ErrorCode::None);
            CHECK(code != ErrorCode::Internal);
            CHECK(world.unread_answers() == 0);
            world.faults.set("");
            world.require_next_good_request();
        }
    CHECK_NOTHROW((world.*change->run)());
}
