// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens: those that are present in the module's slots.
#include "token/tokens.hpp"

#include "base/log.hpp"
#include "token/return_values.hpp"

namespace cardseal::token {

namespace {

/// A module may find more between the two calls (CKR_BUFFER_TOO_SMALL), hence a margin.
std::vector<CK_SLOT_ID> slots_with_token(const CK_FUNCTION_LIST& functions) {
    CK_ULONG count = 0;
    require_ok("cannot list slots", functions.C_GetSlotList(CK_TRUE, nullptr, &count));
    if (count > 4096) throw Error(ErrorCode::ModuleFailed, "cannot list slots: the module reports too many");
    count += 8;
    std::vector<CK_SLOT_ID> slots(count);
    require_ok("cannot list slots", functions.C_GetSlotList(CK_TRUE, slots.data(), &count));
    if (count > slots.size()) throw Error(ErrorCode::ModuleFailed, "cannot list slots: the module reports too many");
    slots.resize(count);
    return slots;
}

}  // namespace

/// Keeps the objects of tokens that stayed where they were, with their sessions and logins.
std::vector<std::shared_ptr<Token>> Tokens::update_present() {
    std::map<TokenId, std::shared_ptr<Token>> present;
    for (const auto slot : slots_with_token(module_.functions())) {
        CK_TOKEN_INFO info{};
        const auto result = module_.functions().C_GetTokenInfo(slot, &info);
        if (result != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED)) continue;
        auto description = description_of(info);
        const auto id = token_uri(description);
        auto token = known(id);
        if (!token || token->slot() != slot)
            token = std::make_shared<Token>(module_.functions(), slot, std::move(description));
        if (!present.emplace(id, std::move(token)).second)
            log(Severity::Warning, "two tokens cannot be told apart, the second is ignored: " + id.value);
    }
    std::vector<std::shared_ptr<Token>> tokens;
    for (const auto& [id, token] : present) tokens.push_back(token);
    // What is replaced closes its sessions when it goes out of scope here, outside the lock.
    std::lock_guard lock(mutex_);
    tokens_.swap(present);
    return tokens;
}

std::vector<std::shared_ptr<Token>> Tokens::look() {
    std::lock_guard lock(enumeration_);
    std::vector<std::shared_ptr<Token>> readable;
    std::optional<Error> failure;
    for (auto& token : update_present()) {
        // One broken token must not hide the others; the failure is logged and thrown if it is all there is.
        try {
            token->look(walk_);
            readable.push_back(token);
        } catch (const Error& error) {
            log(Severity::Warning, "token left out: " + error.message());
            failure = error;
            if (error.code() == ErrorCode::TokenRemoved || !token->has_been_read()) forget(*token);
        }
    }
    if (readable.empty() && failure) throw *failure;
    return readable;
}

std::vector<Tokens::Found> Tokens::list() {
    std::vector<Found> list;
    for (const auto& token : look()) list.push_back({token->found(), token->keys_found()});
    return list;
}

std::shared_ptr<Token> Tokens::known(const TokenId& id) {
    std::lock_guard lock(mutex_);
    const auto token = tokens_.find(id);
    return token == tokens_.end() ? nullptr : token->second;
}

std::shared_ptr<Token> Tokens::find(const TokenId& id) {
    if (auto token = known(id)) return token;
    look();
    if (auto token = known(id)) return token;
    throw Error(ErrorCode::TokenAbsent, "token is not there: " + id.value);
}

void Tokens::forget(const Token& token) {
    std::shared_ptr<Token> forgotten;
    std::lock_guard lock(mutex_);
    const auto entry = tokens_.find(token.id());
    if (entry == tokens_.end() || entry->second.get() != &token) return;
    forgotten = std::move(entry->second);
    tokens_.erase(entry);
}

}  // namespace cardseal::token
