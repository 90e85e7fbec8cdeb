// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens: those that are present in the module's slots.
#pragma once

#include "token/module.hpp"
#include "token/slots.hpp"
#include "token/token.hpp"

namespace cardseal::token {

/// Safe for several threads.
class Tokens {
public:
    explicit Tokens(const Module& module) : module_(module) {}

    struct Found {
        ipc::TokenFound token;
        std::vector<ipc::KeyFound> keys;
    };
    struct Listing {
        std::vector<ipc::SlotFound> slots;
        std::vector<Found> tokens;
    };
    /// Looks at all slots. A token that cannot be read is left out and logged; if that leaves none, its Error.
    Listing list();

    /// Has something come or gone since the last `list`? False before the first.
    bool slots_changed();

    /// TokenAbsent if it is not there, also after another look. The owners: this and the requests that use the token.
    std::shared_ptr<Token> find(const TokenId& id);

    /// It was removed, or may have been: the next `find` looks again.
    void forget(const Token& token);

private:
    struct Present {
        std::vector<ipc::SlotFound> slots;
        std::vector<std::shared_ptr<Token>> tokens;
        std::optional<Error> failure;  ///< of one that is left out
    };
    static void leave_out(const Error& why, std::optional<Error>& failure);
    Present look(const std::vector<Slot>& slots);
    Present update_present(const std::vector<Slot>& slots);
    std::shared_ptr<Token> known(const TokenId& id);

    const Module& module_;
    std::mutex enumeration_;                         ///< one look at a time: cold enumeration in modules races
    std::optional<std::vector<Slot>> listed_slots_;  ///< as `list` saw them last; guarded by enumeration_
    std::mutex mutex_;                               ///< guards tokens_; never held during a call of the module
    std::map<TokenId, std::shared_ptr<Token>> tokens_;
};

}  // namespace cardseal::token
