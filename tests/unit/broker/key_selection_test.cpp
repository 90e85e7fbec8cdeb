// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of which key is meant by a name, and which recipient is chosen.
#include "broker/key_selection.hpp"

#include <list>

#include "broker/key_filter.hpp"
#include "catch.hpp"
#include "refusal.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace cardseal::testing;

namespace {

constexpr uint64_t now = 1'000'000;

enum class Login { Out, In };

/// Tokens and keys as a listing has them; keys are named by a digit that fills their id and fingerprint.
class Ring {
public:
    ipc::TokenFound& token(const std::string& label, const std::string& serial, Login login = Login::In) {
        auto& token = tokens_.emplace_back();
        token.id = {"pkcs11:token=" + label + ";serial=" + serial};
        token.label = label;
        token.serial = serial;
        token.logged_in = login == Login::In;
        return token;
    }

    /// One that has no certificate yet.
    void bare_key(const ipc::TokenFound& token, char digit) {
        auto& key = keys_.emplace_back();
        key.reference = {token.id, {"sha256:" + std::string(64, digit)}};
        key.uri = token.id.value + ";id=%0" + digit + ";type=private";
    }

    ipc::KeyFound& key(const ipc::TokenFound& token, char digit, const std::string& address) {
        auto& key = keys_.emplace_back();
        key.reference = {token.id, {"sha256:" + std::string(64, digit)}};
        key.certificate = {static_cast<uint8_t>(digit)};
        key.fingerprint = std::string(63, digit) + "0";
        key.label = std::string("key ") + digit;
        key.uri = token.id.value + ";object=" + std::string(1, digit) + ";id=%0" + digit + ";type=private";
        key.may_sign = key.may_decrypt = true;
        key.addresses = {address};
        key.not_before = now - 10;
        key.not_after = now + 10;
        key.issuer_serial.fill(static_cast<uint8_t>(digit));
        key.subject_key_identifier = {static_cast<uint8_t>(digit)};
        return key;
    }

    std::vector<PresentKey> keys() const {
        std::vector<PresentKey> present;
        for (const auto& key : keys_)
            for (const auto& token : tokens_)
                if (token.id == key.reference.token) present.push_back({&token, &key});
        return present;
    }

    PresentKey select(const std::string& name, Usage usage = Usage::Sign) const {
        std::vector<const ipc::TokenFound*> tokens;
        for (const auto& token : tokens_) tokens.push_back(&token);
        return select_key(keys(), tokens, name, usage, now);
    }

    /// The digit of the selected key.
    char selected(const std::string& name) const { return select(name).key->reference.key.value.back(); }

    Error refusal(const std::string& name, Usage usage = Usage::Sign) const {
        return refusal_of([&] { return select(name, usage); });
    }

private:
    std::list<ipc::TokenFound> tokens_;
    std::list<ipc::KeyFound> keys_;
};

ipc::RecipientIdentifier by_issuer(char digit) {
    return {ipc::RecipientIdentifierKind::IssuerSerial, Bytes(32, static_cast<uint8_t>(digit))};
}

ipc::RecipientIdentifier by_key_identifier(char digit) {
    return {ipc::RecipientIdentifierKind::SubjectKeyIdentifier, Bytes{static_cast<uint8_t>(digit)}};
}

}  // namespace

TEST_CASE("key selection: a key id, its beginning, a fingerprint, an address and a URI all name a key") {
    Ring ring;
    const auto& token = ring.token("card", "1");
    ring.key(token, 'a', "Ann@example.org");
    ring.key(token, 'b', "bob@example.org");

    CHECK(ring.selected("sha256:" + std::string(64, 'a')) == 'a');
    CHECK(ring.selected("sha256:bbbbbbbb") == 'b');
    CHECK(ring.selected("BBBBBBBB") == 'b');
    CHECK(ring.selected(std::string(63, 'a') + "0") == 'a');
    CHECK(ring.selected("ann@EXAMPLE.org") == 'a');
    CHECK(ring.selected("pkcs11:token=card;object=b") == 'b');
    CHECK(ring.selected("pkcs11:id=%0a;type=cert") == 'a');
}

TEST_CASE("key selection: fewer than eight digits, part of an address, or a word name nothing") {
    Ring ring;
    ring.key(ring.token("card", "1"), 'a', "ann@example.org");
    REQUIRE(ring.selected("aaaaaaaa") == 'a');

    for (const auto* name : {"aaaaaaa", "nn@example.org", "ann@example.or", "key a", "", "sha256:"})
        CHECK(ring.refusal(name).code() == ErrorCode::NoSuchKey);
}

TEST_CASE("key selection, row 66: two tokens of one label are ambiguous, and both keys are listed") {
    Ring ring;
    ring.key(ring.token("card", "1"), 'a', "ann@example.org");
    ring.key(ring.token("card", "2"), 'b', "ann@example.org");

    for (const auto* name : {"pkcs11:token=card", "ann@example.org"}) {
        const auto refusal = ring.refusal(name);
        CHECK(refusal.code() == ErrorCode::Ambiguous);
        CHECK_THAT(refusal.message(), ContainsSubstring("sha256:" + std::string(64, 'a')));
        CHECK_THAT(refusal.message(), ContainsSubstring("sha256:" + std::string(64, 'b')));
        CHECK_THAT(refusal.message(), ContainsSubstring("key b"));
    }
    CHECK(ring.selected("pkcs11:token=card;serial=2") == 'b');
}

TEST_CASE("key selection: the same key on two tokens is one key, on the token that is logged in") {
    Ring ring;
    ring.key(ring.token("locked", "1", Login::Out), 'a', "ann@example.org");
    ring.key(ring.token("open", "2"), 'a', "ann@example.org");

    CHECK(ring.select("ann@example.org").token->label == "open");
}

TEST_CASE("key selection, row 63: a URI of a token that is not there is TokenAbsent with its label") {
    Ring ring;
    ring.key(ring.token("card", "1"), 'a', "ann@example.org");
    REQUIRE(ring.selected("pkcs11:token=card") == 'a');

    const auto refusal = ring.refusal("pkcs11:token=other;object=a");
    CHECK(refusal.code() == ErrorCode::TokenAbsent);
    CHECK_THAT(refusal.message(), ContainsSubstring("'other'"));
    CHECK(ring.refusal("pkcs11:token=card;object=z").code() == ErrorCode::NoSuchKey);
    CHECK(ring.refusal("pkcs11:token=card;unheard-of=z").code() == ErrorCode::NoSuchKey);
}

TEST_CASE("key selection, row 61: a certificate without its key is NoSuchKey once its token is open") {
    Ring ring;
    auto& token = ring.token("card", "1", Login::Out);
    ring.key(token, 'a', "ann@example.org").has_private_key = false;
    REQUIRE(ring.selected("ann@example.org") == 'a');  // its key may be hidden until login

    token.logged_in = true;

    CHECK(ring.refusal("ann@example.org").code() == ErrorCode::NoSuchKey);
}

TEST_CASE("key selection: a certificate whose usage forbids it is CertificateUnusable") {
    Ring ring;
    auto& key = ring.key(ring.token("card", "1"), 'a', "ann@example.org");
    key.may_sign = false;

    CHECK(ring.refusal("ann@example.org", Usage::Sign).code() == ErrorCode::CertificateUnusable);
    CHECK(ring.refusal("aaaaaaaa", Usage::Sign).code() == ErrorCode::CertificateUnusable);
    CHECK(ring.refusal("aaaaaaaa", Usage::Decrypt).code() == ErrorCode::None);
}

TEST_CASE("key selection: of a person's signing and encryption keys the usage decides") {
    Ring ring;
    const auto& token = ring.token("card", "1");
    ring.key(token, 'a', "ann@example.org").may_sign = false;
    ring.key(token, 'b', "ann@example.org").may_decrypt = false;

    CHECK(ring.select("ann@example.org", Usage::Sign).key->label == "key b");
    CHECK(ring.select("ann@example.org", Usage::Decrypt).key->label == "key a");
}

TEST_CASE("key selection: an expired certificate gives way to a valid one, and is CertificateUnusable alone") {
    Ring ring;
    const auto& token = ring.token("card", "1");
    auto& expired = ring.key(token, 'a', "ann@example.org");
    expired.not_after = now - 1;

    CHECK(ring.selected("ann@example.org") == 'a');
    CHECK(refusal_of([&] {
              require_valid(expired, now);
              return 0;
          }).code() == ErrorCode::CertificateUnusable);
    ring.key(token, 'b', "ann@example.org");
    CHECK(ring.selected("ann@example.org") == 'b');
}

TEST_CASE("key selection: a malformed URI is InvalidArgs") {
    Ring ring;
    ring.key(ring.token("card", "1"), 'a', "ann@example.org");

    for (const auto* name : {"pkcs11:token", "pkcs11:=x", "pkcs11:token=%4", "pkcs11:token=%zz", "pkcs11:a=1;a=2"})
        CHECK(ring.refusal(name).code() == ErrorCode::InvalidArgs);
}

TEST_CASE("recipient choice, row 15: without a key for any recipient there is no choice") {
    Ring ring;
    ring.key(ring.token("card", "1"), 'a', "ann@example.org");
    REQUIRE(choose_recipient(ring.keys(), std::vector{by_issuer('a')}).index == 0);

    const auto refusal = refusal_of([&] { return choose_recipient(ring.keys(), std::vector{by_issuer('x')}); });

    CHECK(refusal.code() == ErrorCode::NoMatchingKey);
}

TEST_CASE("recipient choice, row 13: of two recipients with one identifier the first is used") {
    Ring ring;
    ring.key(ring.token("card", "1"), 'a', "ann@example.org");
    const std::vector recipients{by_issuer('x'), by_issuer('a'), by_issuer('a')};

    CHECK(choose_recipient(ring.keys(), recipients).index == 1);
}

TEST_CASE("recipient choice: an open token comes before message order, then message order decides") {
    Ring ring;
    auto& locked = ring.token("locked", "1", Login::Out);
    ring.key(locked, 'a', "ann@example.org");
    ring.key(ring.token("open", "2"), 'b', "ann@example.org");
    const std::vector recipients{by_issuer('a'), by_key_identifier('b')};

    CHECK(choose_recipient(ring.keys(), recipients).index == 1);
    locked.logged_in = true;
    CHECK(choose_recipient(ring.keys(), recipients).index == 0);
}

TEST_CASE("recipient choice: an empty key identifier matches no key") {
    Ring ring;
    ring.key(ring.token("card", "1"), 'a', "ann@example.org").subject_key_identifier.clear();
    const std::vector recipients{ipc::RecipientIdentifier{ipc::RecipientIdentifierKind::SubjectKeyIdentifier, {}}};

    CHECK(refusal_of([&] { return choose_recipient(ring.keys(), recipients); }).code() == ErrorCode::NoMatchingKey);
}

TEST_CASE("own keys: all that can decrypt are used, up to a number that a person may have") {
    Ring ring;
    const auto& token = ring.token("card", "1");
    for (size_t i = 0; i < max_own_keys; ++i) ring.key(token, static_cast<char>('a' + i), "ann@example.org");
    CHECK(own_keys(ring.keys(), now).size() == max_own_keys);

    ring.key(token, 'z', "bob@example.org");

    CHECK(refusal_of([&] { return own_keys(ring.keys(), now); }).code() == ErrorCode::Ambiguous);
}

TEST_CASE("key filter: each entry that is given must fit") {
    Ring ring;
    const auto& token = ring.token("card", "1");
    ring.key(token, 'a', "ann@example.org").may_sign = false;
    ring.key(token, 'b', "ann@example.org");
    const auto count = [&](const KeyFilter& filter) { return fitting_keys(ring.keys(), filter).size(); };
    KeyFilter filter;
    CHECK(count(filter) == 2);

    filter.email = "ann@example.org";
    CHECK(count(filter) == 2);
    filter.usage = Usage::Sign;
    CHECK(count(filter) == 1);
    filter.issuer_serial = Bytes(32, 'b');
    CHECK(count(filter) == 1);
    filter.subject_key_identifier = Bytes{'a'};
    CHECK(count(filter) == 0);
}

TEST_CASE("key selection: a key without a certificate is chosen for nothing that needs one") {
    Ring ring;
    const auto& token = ring.token("card", "1");
    ring.bare_key(token, 'a');

    for (const auto usage : {Usage::Sign, Usage::Decrypt}) {
        const auto refusal = ring.refusal("aaaaaaaa", usage);
        CHECK(refusal.code() == ErrorCode::NoSuchKey);
        CHECK_THAT(refusal.message(), ContainsSubstring("has no certificate yet"));
    }
    CHECK(ring.select("aaaaaaaa", Usage::Any).key->certificate.empty());
    CHECK(own_keys(ring.keys(), now).empty());
    const ipc::RecipientIdentifier zeros{ipc::RecipientIdentifierKind::IssuerSerial, Bytes(32, 0)};
    CHECK(refusal_of([&] { return choose_recipient(ring.keys(), std::span(&zeros, 1)); }).code() ==
          ErrorCode::NoMatchingKey);
}

TEST_CASE("key selection: a key that has its certificate on another token is found there") {
    Ring ring;
    ring.bare_key(ring.token("new", "1"), 'a');
    const auto& old = ring.token("old", "2");
    ring.key(old, 'a', "ann@example.org");

    CHECK(ring.select("aaaaaaaa").token->label == "old");
}

TEST_CASE("key filter: keys without a certificate are told to those who ask for them") {
    Ring ring;
    const auto& token = ring.token("card", "1");
    ring.bare_key(token, 'a');
    ring.key(token, 'b', "ann@example.org");
    const auto found = [&](CertificatePresence presence) {
        KeyFilter filter;
        filter.certificate = presence;
        std::string digits;
        for (const auto& key : fitting_keys(ring.keys(), filter)) digits += key.key->reference.key.value.back();
        return digits;
    };

    CHECK(found(CertificatePresence::Present) == "b");
    CHECK(found(CertificatePresence::Absent) == "a");
    CHECK(found(CertificatePresence::Any) == "ab");
}

TEST_CASE("key selection, RFC 8551 2.5.3: beside a key that only signs stands the newest one for encryption") {
    Ring ring;
    const auto& token = ring.token("alpha", "1");
    const auto& other = ring.token("beta", "2");
    const auto only_decrypts = [&](const ipc::TokenFound& on, char digit, const std::string& address) -> auto& {
        auto& key = ring.key(on, digit, address);
        key.may_sign = false;
        return key;
    };
    ring.key(token, '1', "ann@example.org").may_decrypt = false;
    ring.key(token, '2', "bob@example.org");
    only_decrypts(token, '3', "Ann@example.org").not_before = now - 20;
    only_decrypts(token, '4', "ann@example.org");
    only_decrypts(token, '5', "ann@example.org").not_after = now - 1;
    only_decrypts(token, '6', "eve@example.org").not_before = now - 1;
    only_decrypts(other, '7', "ann@example.org").not_before = now - 1;

    const auto* beside = decryption_key_beside(ring.keys(), ring.select("ann@example.org"), now);

    REQUIRE(beside);
    CHECK(beside->reference.key.value.back() == '4');
    CHECK_FALSE(decryption_key_beside(ring.keys(), ring.select("bob@example.org"), now));
}
