// SPDX-License-Identifier: LGPL-2.1-or-later
// Login: from a request of the broker to a logged-in token, with a person in between.
#include "token/login.hpp"

#include <algorithm>

#include "token/return_values.hpp"

namespace cardseal::token {

namespace {

constexpr int max_prompts = 3;

ipc::LoginEnded ended(ipc::LoginResult result, std::string message = {}) { return {result, std::move(message)}; }

ipc::LoginEnded ended(NoAnswer reason) {
    switch (reason) {
        case NoAnswer::Cancelled:
            return ended(ipc::LoginResult::Cancelled, "the PIN prompt was cancelled");
        case NoAnswer::TimedOut:
            return ended(ipc::LoginResult::TimedOut, "nobody typed the PIN in time");
        case NoAnswer::Failed:
            break;
    }
    return ended(ipc::LoginResult::PinentryFailed, "pinentry failed");
}

ipc::LoginEnded locked() { return ended(ipc::LoginResult::Locked, "the PIN is locked"); }

bool is_wrong_pin(CK_RV result) { return describe(result).code == ErrorCode::PinIncorrect; }

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

std::string with_tries_left(std::string text, ipc::PinState state) {
    const auto tries = tries_left(state);
    if (tries.empty()) return text;
    return text.empty() ? tries : text + ", " + tries;
}

/// The dialogue for one login; it ends with a value as soon as the outcome is known.
class Dialogue {
public:
    Dialogue(Token& token, const ipc::Login& request, FileDescriptor socket, Deadline deadline)
        : token_(token), request_(request), pinentry_(std::move(socket)), deadline_(deadline) {}

    ipc::LoginEnded run() {
        if (const auto begun = pinentry_.begin(request_.options, prompt_deadline());
            std::holds_alternative<NoAnswer>(begun))
            return ended(std::get<NoAnswer>(begun));
        for (int prompt = 0; prompt < max_prompts; ++prompt)
            if (auto outcome = ask_once()) return *outcome;
        return ended(ipc::LoginResult::Incorrect, with_tries_left(error_, pin_state_of(token_.flags())));
    }

private:
    Deadline prompt_deadline() const {
        return std::min(deadline_, std::chrono::steady_clock::now() + std::chrono::milliseconds(request_.timeout_ms));
    }

    std::optional<ipc::LoginEnded> ask_once() {
        const auto state = pin_state_of(token_.flags());
        if (state == ipc::PinState::Locked) return locked();
        if (state == ipc::PinState::FinalTry)
            if (auto outcome = confirm_last_try()) return outcome;
        auto answer = pinentry_.get_pin({request_.title, request_.description, with_tries_left(error_, state)},
                                        prompt_deadline());
        if (const auto* reason = std::get_if<NoAnswer>(&answer)) return ended(*reason);
        const auto& pin = std::get<Secret>(answer);
        if (pin.empty()) {
            error_ = "empty PIN";
            return std::nullopt;
        }
        return try_pin(pin);
    }

    std::optional<ipc::LoginEnded> confirm_last_try() {
        const auto answer = pinentry_.confirm(
            {request_.title,
             request_.description + "\n\nOnly one try is left. If the next PIN is wrong, the token locks. Go on?",
             error_},
            prompt_deadline());
        if (const auto* reason = std::get_if<NoAnswer>(&answer)) return ended(*reason);
        return std::nullopt;
    }

    std::optional<ipc::LoginEnded> try_pin(const Secret& pin) {
        const auto result = token_.log_in(&pin);
        if (result == CKR_OK) return ended(ipc::LoginResult::LoggedIn);
        if (result == CKR_PIN_LOCKED) return locked();
        if (!is_wrong_pin(result)) throw module_error("cannot log in", result);
        error_ = "wrong PIN";
        return std::nullopt;
    }

    Token& token_;
    const ipc::Login& request_;
    Pinentry pinentry_;
    Deadline deadline_;
    std::string error_;
};

ipc::LoginEnded log_in_at_pin_pad(Token& token) {
    const auto result = token.log_in(nullptr);
    if (result == CKR_OK) return ended(ipc::LoginResult::LoggedIn);
    if (result == CKR_PIN_LOCKED) return locked();
    if (is_wrong_pin(result))
        return ended(ipc::LoginResult::Incorrect, with_tries_left("wrong PIN", pin_state_of(token.flags())));
    if (describe(result).code == ErrorCode::PinCancelled) return ended(NoAnswer::Cancelled);
    throw module_error("cannot log in", result);
}

}  // namespace

ipc::LoginEnded log_in(Token& token, const ipc::Login& request, FileDescriptor pinentry, Deadline deadline) {
    const auto flags = token.flags();
    const auto authentication = authentication_of(flags);
    if (authentication == ipc::Authentication::None || token.is_logged_in()) return ended(ipc::LoginResult::LoggedIn);
    if (pin_state_of(flags) == ipc::PinState::Locked) return locked();
    if (authentication == ipc::Authentication::PinPad) return log_in_at_pin_pad(token);
    if (!pinentry) throw Error(ErrorCode::InvalidArgs, "the token needs a PIN and no pinentry was given");
    return Dialogue(token, request, std::move(pinentry), deadline).run();
}

}  // namespace cardseal::token
