// SPDX-License-Identifier: LGPL-2.1-or-later
// PinDialogue: getting a token's PIN from a person, prompt by prompt.
#include "token/pin_dialogue.hpp"

#include <algorithm>

#include "token/return_values.hpp"

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

std::string with_tries_left(std::string text, ipc::PinState state) {
    const auto tries = tries_left(state);
    if (tries.empty()) return text;
    return text.empty() ? tries : text + ", " + tries;
}

std::variant<Secret, ipc::LoginEnded> PinDialogue::ask() {
    for (;;) {
        const auto state = pin_state_of(token_.flags());
        if (state == ipc::PinState::Locked) return login_ended_locked();
        if (prompts_ == max_prompts)
            return ipc::LoginEnded{ipc::LoginResult::Incorrect, with_tries_left(error_, state)};
        if (prompts_++ == 0)
            if (auto outcome = begin()) return *outcome;
        if (state == ipc::PinState::FinalTry)
            if (auto outcome = confirm_last_try()) return *outcome;
        auto answer =
            pinentry_.get_pin({prompt_.title, prompt_.description, with_tries_left(error_, state)}, prompt_deadline());
        if (const auto* reason = std::get_if<NoAnswer>(&answer)) return login_ended(*reason);
        if (!std::get<Secret>(answer).empty()) return std::get<Secret>(std::move(answer));
        error_ = "empty PIN";
    }
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
         prompt_.description + "\n\nOnly one try is left. If the next PIN is wrong, the token locks. Go on?", error_},
        prompt_deadline());
    if (const auto* reason = std::get_if<NoAnswer>(&answer)) return login_ended(*reason);
    return std::nullopt;
}

}  // namespace cardseal::token
