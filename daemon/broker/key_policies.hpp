// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyPolicies: what each key asks of a person, as cardseal.toml says it.
#pragma once

#include <span>

#include "broker/configuration.hpp"
#include "broker/key_selection.hpp"

namespace cardseal::broker {

/// The policy of the key: of several that name it the strictest, of several timed ones the shortest; else Normal.
KeyPolicy policy_of(std::span<const KeyPolicy> policies, const PresentKey& key);

}  // namespace cardseal::broker
