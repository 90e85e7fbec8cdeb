// SPDX-License-Identifier: LGPL-2.1-or-later
// Login: from a request of the broker to a logged-in token, with a person in between.
#include "token/login.hpp"

#include "token/return_values.hpp"

namespace cardseal::token {

namespace {

ipc::LoginEnded logged_in() { return {ipc::LoginResult::LoggedIn, {}}; }

/// OpenSC says CKR_GENERAL_ERROR when a CAC card refuses a PIN.
Error login_error(CK_RV result) {
    return module_error(result == CKR_GENERAL_ERROR ? "cannot log in, perhaps a wrong PIN" : "cannot log in", result);
}

ipc::LoginEnded log_in_with_prompts(Token& token, PinDialogue dialogue) {
    for (;;) {
        const auto answer = dialogue.ask();
        if (const auto* outcome = std::get_if<ipc::LoginEnded>(&answer)) return *outcome;
        const auto result = token.log_in(&std::get<Secret>(answer));
        if (result == CKR_OK) return logged_in();
        if (result == CKR_PIN_LOCKED) return login_ended_locked();
        if (!is_wrong_pin(result)) throw login_error(result);
        dialogue.was_wrong();
    }
}

ipc::LoginEnded log_in_at_pin_pad(Token& token) {
    const auto result = token.log_in(nullptr);
    if (result == CKR_OK) return logged_in();
    if (result == CKR_PIN_LOCKED) return login_ended_locked();
    if (is_wrong_pin(result))
        return {ipc::LoginResult::Incorrect, with_tries_left("wrong PIN", pin_state_of(token.flags()))};
    if (describe(result).code == ErrorCode::PinCancelled) return login_ended(NoAnswer::Cancelled);
    throw module_error("cannot log in", result);
}

}  // namespace

ipc::LoginEnded log_in(Token& token, const ipc::Login& request, FileDescriptor pinentry, Deadline deadline) {
    const auto flags = token.flags();
    const auto authentication = authentication_of(flags);
    if (authentication == ipc::Authentication::None || token.is_logged_in()) return logged_in();
    if (pin_state_of(flags) == ipc::PinState::Locked) return login_ended_locked();
    if (authentication == ipc::Authentication::PinPad) return log_in_at_pin_pad(token);
    if (!pinentry) throw Error(ErrorCode::InvalidArgs, "the token needs a PIN and no pinentry was given");
    return log_in_with_prompts(token, PinDialogue(token, request.prompt, std::move(pinentry), deadline));
}

}  // namespace cardseal::token
