// SPDX-License-Identifier: LGPL-2.1-or-later
// PinDialogue: getting a token's PIN from a person, prompt by prompt.
#include "token/pin_dialogue.hpp"

#include <algorithm>

#include "token/return_values.hpp"
#include "token/token_info.hpp"

namespace cardseal::token {

namespace {

constexpr int max_prompts = 3;

/// What PKCS#11 tells of the tries left.
std::string tries_left(ipc::PinState state) {
    switch (state) {
        case ipc::PinState::CountLow:
            return "few tries left";
        case ipc::PinState::FinalTry:
            return "one try left";
        default:
            return {};
    }
}

std::string request_to(PinOwner owner) {
    return owner == PinOwner::User ? "Please enter the token's PIN."
                                   : "Please enter the PUK or the security officer's PIN that came with the token.";
}

}  // namespace

ipc::LoginEnded login_ended(NoAnswer reason) {
    switch (reason) {
        case NoAnswer::Cancelled:
            return {ipc::LoginResult::Cancelled, "the PIN prompt was cancelled"};
        case NoAnswer::TimedOut:
            return {ipc::LoginResult::TimedOut, "nobody typed the PIN in time"};
        case NoAnswer::Failed:
            break;
    }
    return {ipc::LoginResult::PinentryFailed, "pinentry failed"};
}

ipc::LoginEnded login_ended_locked() { return {ipc::LoginResult::Locked, "the PIN is locked"}; }

bool is_wrong_pin(CK_RV result) { return describe(result).code == ErrorCode::PinIncorrect; }

Pinentry::Texts pin_pad_notice(const ipc::Prompt& prompt) {
    return {prompt.title, prompt.description + "\nPlease enter the PIN at the reader's keypad.", {}};
}

std::string with_tries_left(std::string text, ipc::PinState state) {
    const auto tries = tries_left(state);
    if (tries.empty()) return text;
    return text.empty() ? tries : text + ", " + tries;
}

std::variant<Secret, ipc::LoginEnded> PinDialogue::ask() {
    for (;;) {
        const auto state = this->state();
        if (state == ipc::PinState::Locked) return login_ended_locked();
        if (prompts_ == max_prompts)
            return ipc::LoginEnded{ipc::LoginResult::Incorrect, with_tries_left(error_, state)};
        if (prompts_++ == 0)
            if (auto outcome = begin()) return *outcome;
        if (state == ipc::PinState::FinalTry)
            if (auto outcome = confirm_last_try()) return *outcome;
        auto answer = pinentry_.get_pin({.title = prompt_.title,
                                         .description = prompt_.description + "\n" + request_to(owner_),
                                         .error = with_tries_left(error_, state),
                                         .prompt = owner_ == PinOwner::User ? "PIN" : "PUK"},
                                        prompt_deadline());
        if (const auto* reason = std::get_if<NoAnswer>(&answer)) return login_ended(*reason);
        if (!std::get<Secret>(answer).empty()) return std::get<Secret>(std::move(answer));
        error_ = "empty PIN";
    }
}

std::variant<Secret, ipc::LoginEnded> PinDialogue::ask_for_new(const PinLengths& lengths) {
    const auto range = std::to_string(lengths.least) + " to " + std::to_string(lengths.most) + " characters";
    const auto ask = [&](const char* what, const std::string& error) {
        return pinentry_.get_pin({.title = prompt_.title,
                                  .description = std::string(what) + "\nIt has " + range + ".",
                                  .error = error,
                                  .prompt = "New PIN"},
                                 prompt_deadline());
    };
    std::string error;
    for (int attempt = 0; attempt < max_prompts; ++attempt) {
        auto first = ask("Please enter the new PIN.", error);
        if (const auto* reason = std::get_if<NoAnswer>(&first)) return login_ended(*reason);
        auto& pin = std::get<Secret>(first);
        if (pin.size() < lengths.least || pin.size() > lengths.most) {
            error = "a PIN has " + range;
            continue;
        }
        const auto second = ask("Please enter the new PIN again.", {});
        if (const auto* reason = std::get_if<NoAnswer>(&second)) return login_ended(*reason);
        if (std::ranges::equal(pin.reveal(), std::get<Secret>(second).reveal())) return std::move(pin);
        error = "the PINs differ";
    }
    return ipc::LoginEnded{ipc::LoginResult::Incorrect, "no new PIN: " + error};
}

/// The security officer's flags are the user's, four bits on (PKCS#11 §3.2).
ipc::PinState PinDialogue::state() const {
    const auto flags = token_.flags();
    return pin_state_of(owner_ == PinOwner::User ? flags : flags >> 4);
}

Deadline PinDialogue::prompt_deadline() const {
    return std::min(deadline_, std::chrono::steady_clock::now() + std::chrono::milliseconds(prompt_.timeout_ms));
}

std::optional<ipc::LoginEnded> PinDialogue::begin() {
    const auto begun = pinentry_.begin(prompt_.options, prompt_deadline());
    if (const auto* reason = std::get_if<NoAnswer>(&begun)) return login_ended(*reason);
    return std::nullopt;
}

std::optional<ipc::LoginEnded> PinDialogue::confirm_last_try() {
    const auto answer = pinentry_.confirm(
        {prompt_.title,
         prompt_.description + "\n\nOnly one try is left. If the next PIN is wrong, the token locks.\nGo on?", error_},
        prompt_deadline());
    if (const auto* reason = std::get_if<NoAnswer>(&answer)) return login_ended(*reason);
    return std::nullopt;
}

}  // namespace cardseal::token
