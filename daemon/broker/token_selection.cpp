// SPDX-License-Identifier: LGPL-2.1-or-later
// Which token is meant: by the names that people and programs give (TOKEN in the interface).
#include "broker/token_selection.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"

namespace cardseal::broker {

namespace {

std::vector<const ipc::TokenFound*> fitting(std::span<const ipc::TokenFound* const> tokens, const std::string& name) {
    if (name.empty()) return {tokens.begin(), tokens.end()};
    const bool is_uri = is_pkcs11_uri(name);
    const auto wanted = is_uri ? parse_pkcs11_uri(name) : UriAttributes();
    std::vector<const ipc::TokenFound*> found;
    std::ranges::copy_if(tokens, std::back_inserter(found), [&](const ipc::TokenFound* token) {
        return is_uri ? uri_names_token(wanted, *token) : token->label == name || token->serial == name;
    });
    return found;
}

std::string listed(std::span<const ipc::TokenFound* const> tokens) {
    std::string text;
    for (const auto* token : tokens)
        text += (text.empty() ? "'" : ", '") + token->label + "' (serial " + token->serial + ")";
    return text;
}

}  // namespace

bool is_open(const ipc::TokenFound& token) {
    return token.logged_in || token.authentication == ipc::Authentication::None;
}

std::optional<std::string> token_attribute(const ipc::TokenFound& token, const std::string& name) {
    if (name == "token") return token.label;
    if (name == "manufacturer") return token.manufacturer;
    if (name == "model") return token.model;
    if (name == "serial") return token.serial;
    if (name == "slot-id") return std::to_string(token.slot);
    return std::nullopt;
}

bool uri_names_token(const UriAttributes& wanted, const ipc::TokenFound& token) {
    return std::ranges::all_of(wanted, [&](const auto& attribute) {
        const auto value = token_attribute(token, attribute.first);
        return !value || *value == attribute.second;
    });
}

const ipc::TokenFound& select_token(std::span<const ipc::TokenFound* const> tokens, const std::string& name) {
    const auto found = fitting(tokens, name);
    if (found.size() == 1) return *found.front();
    if (found.empty())
        throw Error(ErrorCode::TokenAbsent,
                    name.empty() ? "no token is present" : "the token '" + name + "' is not there");
    throw Error(
        ErrorCode::Ambiguous,
        (name.empty() ? "several tokens are present: " : "'" + name + "' fits several tokens: ") + listed(found));
}

}  // namespace cardseal::broker
