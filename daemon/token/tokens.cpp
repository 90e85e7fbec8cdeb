// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens: those that are present in the module's slots.
#include "token/tokens.hpp"

#include "base/log.hpp"
#include "token/return_values.hpp"
#include "token/token_info.hpp"

namespace cardseal::token {

/// One broken token must not hide the others; its failure is logged, and is the answer if it is all there is.
void Tokens::leave_out(const Error& why, std::optional<Error>& failure) {
    log(Severity::Warning, "token left out: " + why.message());
    failure = why;
}

/// Keeps the objects of tokens that stayed where they were, with their sessions and logins.
Tokens::Present Tokens::update_present(const std::vector<Slot>& slots) {
    Present found;
    std::map<TokenId, std::shared_ptr<Token>> present;
    std::set<CK_SLOT_ID> unreadable;
    for (const auto& slot : slots) {
        auto& told = found.slots.emplace_back(ipc::SlotFound{slot.id, slot.description, slot.has_token, false});
        if (!slot.has_token) continue;
        CK_TOKEN_INFO info{};
        const auto result = module_.functions().C_GetTokenInfo(slot.id, &info);
        told.has_token = result == CKR_OK || describe(result).aftermath != Aftermath::TokenGone;
        told.token_initialised = result == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED);
        if (result != CKR_OK && told.has_token) {
            leave_out(module_error("cannot look at the token in " + slot.description, result), found.failure);
            unreadable.insert(slot.id);
        }
        if (!told.token_initialised) continue;
        auto description = description_of(info);
        const auto id = token_uri(description);
        auto token = known(id);
        if (!token || token->slot() != slot.id)
            token = std::make_shared<Token>(module_.functions(), slot.id, std::move(description));
        if (!present.emplace(id, std::move(token)).second)
            log(Severity::Warning, "two tokens cannot be told apart, the second is ignored: " + id.value);
    }
    for (const auto& [id, token] : present) found.tokens.push_back(token);
    {
        std::lock_guard lock(mutex_);
        tokens_.swap(present);
    }
    for (const auto& [id, before] : present)
        if (known(id) != before && !unreadable.contains(before->slot())) before->abandon();
    return found;
}

Tokens::Present Tokens::look(const std::vector<Slot>& slots) {
    auto present = update_present(slots);
    std::vector<std::shared_ptr<Token>> readable;
    for (auto& token : present.tokens) {
        try {
            token->look();
            readable.push_back(token);
        } catch (const Error& error) {  // see leave_out
            leave_out(error, present.failure);
            if (error.code() == ErrorCode::TokenRemoved || !token->has_been_read()) forget(*token);
        }
    }
    if (readable.empty() && present.failure) throw *present.failure;
    present.tokens = std::move(readable);
    return present;
}

Tokens::Listing Tokens::list() {
    std::lock_guard lock(enumeration_);
    listed_slots_.emplace();  // what stays, if they cannot be read
    listed_slots_ = read_slots(module_.functions());
    const auto present = look(*listed_slots_);
    Listing listing{present.slots, {}};
    for (const auto& token : present.tokens) listing.tokens.push_back({token->found(), token->keys_found()});
    return listing;
}

bool Tokens::slots_changed() {
    std::lock_guard lock(enumeration_);
    if (!listed_slots_) return false;
    std::vector<Slot> slots;
    try {
        slots = read_slots(module_.functions());
    } catch (const Error&) {  // nothing to be seen is how they look now; `list` tells why
    }
    return slots != *listed_slots_;
}

std::shared_ptr<Token> Tokens::known(const TokenId& id) {
    std::lock_guard lock(mutex_);
    const auto token = tokens_.find(id);
    return token == tokens_.end() ? nullptr : token->second;
}

std::shared_ptr<Token> Tokens::find(const TokenId& id) {
    if (auto token = known(id)) return token;
    {
        std::lock_guard lock(enumeration_);
        look(read_slots(module_.functions()));
    }
    if (auto token = known(id)) return token;
    throw Error(ErrorCode::TokenAbsent, "token is not there: " + id.value);
}

void Tokens::forget(const Token& token) {
    std::shared_ptr<Token> forgotten;
    {
        std::lock_guard lock(mutex_);
        const auto entry = tokens_.find(token.id());
        if (entry == tokens_.end() || entry->second.get() != &token) return;
        forgotten = std::move(entry->second);
        tokens_.erase(entry);
    }
    if (forgotten->is_gone()) forgotten->abandon();
}

}  // namespace cardseal::token
