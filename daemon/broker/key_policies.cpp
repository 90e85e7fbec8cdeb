// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyPolicies: what each key asks of a person, as cardseal.toml says it.
#include "broker/key_policies.hpp"

namespace cardseal::broker {

static bool is_stricter(const KeyPolicy& policy, const KeyPolicy& than) {
    if (policy.consent != than.consent) return policy.consent > than.consent;
    return policy.consent == Consent::Timed && policy.time < than.time;
}

KeyPolicy policy_of(std::span<const KeyPolicy> policies, const PresentKey& key) {
    KeyPolicy strictest;
    for (const auto& policy : policies)
        if (names(policy.key, key) && is_stricter(policy, strictest)) strictest = policy;
    return strictest;
}

}  // namespace cardseal::broker
