// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyUse: one request's use of one private key, with the person's PIN if the key wants it for each use.
#pragma once

#include "token/pin_dialogue.hpp"

namespace cardseal::token {

/// What one operation needs for its calls of the module.
struct Operation {
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    /// To be called once, after C_SignInit or C_DecryptInit; does nothing unless the key is CKA_ALWAYS_AUTHENTICATE.
    std::function<CK_RV()> log_in;
};

class KeyUse {
public:
    /// Borrows the first three. `pinentry` is empty if the broker sent none.
    KeyUse(Token& token, const Key& key, const ipc::Prompt& authorization, FileDescriptor pinentry)
        : token_(token), key_(key), authorization_(authorization), pinentry_(std::move(pinentry)) {}
    KeyUse(const KeyUse&) = delete;
    KeyUse& operator=(const KeyUse&) = delete;

    Token& token() const { return token_; }
    const Key& key() const { return key_; }

    /// Token::run, with the login that the key may want before each operation: the person is asked before a session is
    /// taken, again while the PIN is wrong, at most three times, and each C_Login has a PIN that was typed just now for
    /// it. Errors of its own: InteractionRequired if there is nobody to ask, and what became of the prompt (Pin*).
    CK_RV run(const std::function<CK_RV(const Operation&)>& calls);

private:
    CK_RV attempt(const std::function<CK_RV(const Operation&)>& calls, CK_SESSION_HANDLE session,
                  const PrivateKeyObject& object);
    CK_RV log_in(CK_SESSION_HANDLE session);
    void become_ready();
    void ask_for_pin();
    void point_to_pin_pad(ipc::PinState state);

    Token& token_;
    const Key& key_;
    const ipc::Prompt& authorization_;
    FileDescriptor pinentry_;
    std::optional<Pinentry> notice_;  ///< at a pin pad
    std::optional<PinDialogue> dialogue_;
    std::optional<Secret> pin_;  ///< typed and not used yet; none at a pin pad
    enum class Login { NotWanted, Wanted, WantedAgain, Ready } login_ = Login::NotWanted;
};

}  // namespace cardseal::token
