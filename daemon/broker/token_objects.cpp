// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenObjects: the tokens that are present and their keys, as objects below the control object.
#include "broker/token_objects.hpp"

#include "base/log.hpp"

namespace cardseal::broker {

/// GetManagedObjects answers with all of them, and a message over the bus's limit ends our connection.
static constexpr size_t most_keys = 1024;

template <class Objects, class IsGone>
static void withdraw_if(Objects& objects, IsGone is_gone) {
    std::erase_if(objects, [&](const auto& entry) {
        if (!is_gone(entry)) return false;
        entry.second->withdraw();
        return true;
    });
}

TokenObjects::TokenObjects(sdbus::IConnection& connection, std::string path, const TokenModules& modules)
    : connection_(connection), path_(std::move(path)), modules_(modules) {}

void TokenObjects::update() {
    // Keys name their token's object: it comes before them and goes after them.
    const auto tokens = present_tokens();
    withdraw_if(keys_, [&](const auto& entry) { return !tokens.contains(std::get<TokenKey>(entry.first)); });
    update_tokens(tokens);
    update_keys(present_keys());
}

std::map<TokenObjects::TokenKey, TokenState> TokenObjects::present_tokens() const {
    std::map<TokenKey, TokenState> present;
    for (size_t i = 0; i < modules_.all().size(); ++i) {
        const auto& module = *modules_.all()[i];
        for (const auto& token : module.listing().tokens)
            present.try_emplace({i, token.id}, TokenState{module.path(), token, module.key_count(token)});
    }
    return present;
}

std::map<TokenObjects::KeyKey, KeyState> TokenObjects::present_keys() const {
    std::map<KeyKey, KeyState> present;
    for (size_t i = 0; i < modules_.all().size(); ++i) {
        const auto& module = *modules_.all()[i];
        for (const auto& key : module.listing().keys) {
            const auto* token = module.find(key.reference.token);
            if (!token || !may_have_private_key({token, &key})) continue;
            if (present.size() == most_keys) {
                log(Severity::Warning, "more than " + std::to_string(most_keys) + " keys: some have no object");
                return present;
            }
            const TokenKey on{i, token->id};
            present.try_emplace({on, key.reference.key, key.fingerprint},
                                KeyState{tokens_.at(on)->path(), key, is_open(*token)});
        }
    }
    return present;
}

void TokenObjects::update_tokens(const std::map<TokenKey, TokenState>& present) {
    withdraw_if(tokens_, [&](const auto& entry) { return !present.contains(entry.first); });
    for (const auto& [key, state] : present) {
        auto& object = tokens_[key];
        if (object)
            object->update(state);
        else
            object =
                std::make_unique<TokenObject>(connection_, path_ + "/token/" + std::to_string(++last_number_), state);
    }
}

void TokenObjects::update_keys(const std::map<KeyKey, KeyState>& present) {
    withdraw_if(keys_, [&](const auto& entry) {
        const auto state = present.find(entry.first);
        return state == present.end() || !entry.second->is_of(state->second);
    });
    for (const auto& [key, state] : present) {
        auto& object = keys_[key];
        if (object)
            object->update(state);
        else
            object = std::make_unique<KeyObject>(connection_, path_ + "/key/" + std::to_string(++last_number_), state);
    }
}

}  // namespace cardseal::broker
