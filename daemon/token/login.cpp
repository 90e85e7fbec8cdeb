// SPDX-License-Identifier: LGPL-2.1-or-later
// Login: from a request of the broker to a logged-in token, with a person in between.
#include "token/login.hpp"

#include "token/return_values.hpp"
#include "token/token_info.hpp"

namespace cardseal::token {

namespace {

ipc::LoginEnded done() { return {ipc::LoginResult::LoggedIn, {}}; }

ipc::LoginEnded confirmation_ended(NoAnswer reason) {
    switch (reason) {
        case NoAnswer::Cancelled:
            return {ipc::LoginResult::Cancelled, "the use of the key was not confirmed"};
        case NoAnswer::TimedOut:
            return {ipc::LoginResult::TimedOut, "nobody confirmed the use of the key in time"};
        case NoAnswer::Failed:
            break;
    }
    return login_ended(reason);
}

/// OpenSC says CKR_GENERAL_ERROR when a CAC card refuses a PIN.
Error login_error(CK_RV result) {
    return module_error(result == CKR_GENERAL_ERROR ? "cannot log in, perhaps a wrong PIN" : "cannot log in", result);
}

ipc::LoginEnded log_in_with_prompts(Token& token, PinDialogue dialogue) {
    for (;;) {
        const auto answer = dialogue.ask();
        if (const auto* outcome = std::get_if<ipc::LoginEnded>(&answer)) return *outcome;
        const auto result = token.log_in(&std::get<Secret>(answer));
        if (result == CKR_OK) return done();
        if (result == CKR_PIN_LOCKED) return login_ended_locked();
        if (!is_wrong_pin(result)) throw login_error(result);
        dialogue.was_wrong();
    }
}

ipc::LoginEnded log_in_at_pin_pad(Token& token, const ipc::Prompt& prompt, FileDescriptor socket) {
    Pinentry pinentry(std::move(socket));
    pinentry.show_notice(prompt.options, pin_pad_notice(prompt));
    const auto result = token.log_in(nullptr);
    if (result == CKR_OK) return done();
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
    if (authentication == ipc::Authentication::None || token.is_logged_in()) return done();
    if (pin_state_of(flags) == ipc::PinState::Locked) return login_ended_locked();
    if (authentication == ipc::Authentication::PinPad)
        return log_in_at_pin_pad(token, request.prompt, std::move(pinentry));
    if (!pinentry) throw Error(ErrorCode::InvalidArgs, "the token needs a PIN and no pinentry was given");
    return log_in_with_prompts(token, PinDialogue(token, request.prompt, std::move(pinentry), deadline));
}

ipc::LoginEnded confirm(const ipc::Notice& request, FileDescriptor socket) {
    Pinentry pinentry(std::move(socket));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(request.prompt.timeout_ms);
    const auto begun = pinentry.begin(request.prompt.options, deadline);
    if (const auto* reason = std::get_if<NoAnswer>(&begun)) return confirmation_ended(*reason);
    const auto answer = pinentry.confirm({.title = request.prompt.title,
                                          .description = request.prompt.description,
                                          .error = {},
                                          .prompt = "Consent",
                                          .agree = "Allow",
                                          .refuse = "Refuse"},
                                         deadline);
    if (const auto* reason = std::get_if<NoAnswer>(&answer)) return confirmation_ended(*reason);
    return done();
}

}  // namespace cardseal::token
