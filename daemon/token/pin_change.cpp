// SPDX-License-Identifier: LGPL-2.1-or-later
// Changing a token's PIN, and setting a new one for a PIN that is locked, with a person in between.
#include "token/pin_change.hpp"

#include <algorithm>

#include "token/return_values.hpp"
#include "token/token_info.hpp"
#include "token/token_writing.hpp"

namespace cardseal::token {

namespace {

PinLengths pin_lengths(const Token& token) {
    CK_TOKEN_INFO info{};
    require_ok("cannot ask the token", token.functions().C_GetTokenInfo(token.slot(), &info));
    // Some tokens tell no limits (0).
    const size_t most = info.ulMaxPinLen ? std::min<size_t>(info.ulMaxPinLen, max_pin) : max_pin;
    return {std::max<size_t>(info.ulMinPinLen, 1), most};
}

CK_BYTE* bytes_of_pin(const Secret& pin) { return const_cast<CK_BYTE*>(pin.reveal().data()); }

CK_RV set_pin(const Token& token, const Secret& old_pin, const Secret& new_pin) {
    const WritingSession session(token);
    if (session.result() != CKR_OK) return session.result();
    return token.functions().C_SetPIN(session.handle(), bytes_of_pin(old_pin), old_pin.size(), bytes_of_pin(new_pin),
                                      new_pin.size());
}

/// What the security officer's login came to, and if it was right, the new PIN's.
CK_RV init_pin(const Token& token, const Secret& officer_pin, const Secret& new_pin) {
    const auto& functions = token.functions();
    const WritingSession session(token);
    if (session.result() != CKR_OK) return session.result();
    const auto login = functions.C_Login(session.handle(), CKU_SO, bytes_of_pin(officer_pin), officer_pin.size());
    if (login != CKR_OK) return login;
    const auto result = functions.C_InitPIN(session.handle(), bytes_of_pin(new_pin), new_pin.size());
    (void)functions.C_Logout(session.handle());
    // The new PIN's own fault is not the officer's PIN that was wrong.
    require_ok("cannot set the new PIN", result);
    return CKR_OK;
}

ipc::LoginEnded changed() { return {ipc::LoginResult::LoggedIn, {}}; }

ipc::LoginEnded change_at_pin_pad(const Token& token, const ipc::Prompt& prompt, FileDescriptor socket) {
    Pinentry pinentry(std::move(socket));
    pinentry.show_notice(prompt.options, pin_pad_notice(prompt));
    const WritingSession session(token);
    require_ok("cannot change the PIN", session.result());
    const auto result = token.functions().C_SetPIN(session.handle(), nullptr, 0, nullptr, 0);
    if (result == CKR_PIN_LOCKED) return login_ended_locked();
    if (is_wrong_pin(result)) return {ipc::LoginResult::Incorrect, "wrong PIN"};
    require_ok("cannot change the PIN", result);
    return changed();
}

/// Asks until the old secret is right; the new one is typed once it is known that there is an old one to try.
ipc::LoginEnded replace(PinDialogue& dialogue, const PinLengths& lengths, const std::string& what,
                        const std::function<CK_RV(const Secret& old_pin, const Secret& new_pin)>& write) {
    std::optional<Secret> new_pin;
    for (;;) {
        const auto answer = dialogue.ask();
        if (const auto* outcome = std::get_if<ipc::LoginEnded>(&answer)) return *outcome;
        if (!new_pin) {
            auto chosen = dialogue.ask_for_new(lengths);
            if (const auto* outcome = std::get_if<ipc::LoginEnded>(&chosen)) return *outcome;
            new_pin = std::get<Secret>(std::move(chosen));
        }
        const auto result = write(std::get<Secret>(answer), *new_pin);
        if (result == CKR_OK) return changed();
        if (result == CKR_PIN_LOCKED) return login_ended_locked();
        if (result != CKR_PIN_INCORRECT) throw module_error(what, result);
        dialogue.was_wrong();
    }
}

}  // namespace

ipc::LoginEnded change_pin(Token& token, const ipc::Prompt& prompt, FileDescriptor pinentry, Deadline deadline) {
    const auto flags = token.flags();
    if (pin_state_of(flags) == ipc::PinState::Locked) return login_ended_locked();
    if (authentication_of(flags) == ipc::Authentication::PinPad)
        return change_at_pin_pad(token, prompt, std::move(pinentry));
    PinDialogue dialogue(token, prompt, std::move(pinentry), deadline);
    return replace(dialogue, pin_lengths(token), "cannot change the PIN",
                   [&](const Secret& old_pin, const Secret& new_pin) { return set_pin(token, old_pin, new_pin); });
}

ipc::LoginEnded unblock_pin(Token& token, const ipc::Prompt& prompt, FileDescriptor pinentry, Deadline deadline) {
    PinDialogue dialogue(token, prompt, std::move(pinentry), deadline, PinOwner::SecurityOfficer);
    return replace(dialogue, pin_lengths(token), "cannot unblock the PIN",
                   [&](const Secret& officer_pin, const Secret& new_pin) {
                       token.log_out();  // a security officer may not log in beside a user
                       return init_pin(token, officer_pin, new_pin);
                   });
}

}  // namespace cardseal::token
