// SPDX-License-Identifier: LGPL-2.1-or-later
// The key to sign with when nobody names one.
#include "command/only_signing_key.hpp"

#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

std::string only_signing_key(Client& client, const std::string& chosen_with, const Watch& watch) {
    KeyFilter filter;
    filter.usage = "sign";
    const auto keys = client.list(filter, watch);
    if (keys.empty()) throw failure(ErrorCode::NoSuchKey, "no token that is present has a key that can sign");
    std::string choices;
    for (const auto& key : keys)
        choices += (choices.empty() ? "" : "; ") + key.id + " (" + join(key.addresses) + ", token " + key.token + ")";
    if (keys.size() > 1)
        throw failure(ErrorCode::Ambiguous, "several keys can sign, choose with " + chosen_with + ": " + choices);
    return keys.front().id;
}

}  // namespace cardseal::client
