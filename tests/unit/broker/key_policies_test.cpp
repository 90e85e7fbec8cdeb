// SPDX-License-Identifier: LGPL-2.1-or-later
// Which policy a key has.
#include "broker/key_policies.hpp"

#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using namespace std::chrono_literals;

namespace {

KeyPolicy policy(const std::string& key, Consent consent, std::chrono::seconds time = 5min) {
    return {key, consent, time};
}

}  // namespace

TEST_CASE("key policies: of several that name a key the strictest counts, whatever their order") {
    ipc::TokenFound token;
    token.label = "card";
    ipc::KeyFound key;
    key.reference.key.value = "sha256:" + std::string(64, 'a');
    key.uri = "pkcs11:token=card;object=mail";
    key.addresses = {"anna@example.org"};
    const PresentKey present{&token, &key};
    const auto consent = [&](const std::vector<KeyPolicy>& policies) { return policy_of(policies, present).consent; };

    CHECK(consent({}) == Consent::Normal);
    CHECK(consent({policy("bert@example.org", Consent::Timed)}) == Consent::Normal);
    CHECK(consent({policy("Anna@example.org", Consent::Timed)}) == Consent::Timed);
    CHECK(consent({policy("pkcs11:token=card", Consent::Timed), policy("aaaaaaaa", Consent::Normal)}) ==
          Consent::Timed);
    CHECK(consent({policy("aaaaaaaa", Consent::Normal), policy("pkcs11:token=card", Consent::Timed)}) ==
          Consent::Timed);
    CHECK(consent({policy("aaaaaaaa", Consent::Confirm), policy("pkcs11:token=card", Consent::Timed)}) ==
          Consent::Confirm);

    const std::vector<KeyPolicy> timed{policy("aaaaaaaa", Consent::Timed, 2min),
                                       policy("pkcs11:token=card", Consent::Timed, 1min),
                                       policy("anna@example.org", Consent::Timed, 3min)};
    CHECK(policy_of(timed, present).time == 1min);
}
