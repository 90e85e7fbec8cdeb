// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyUse: one request's use of one private key, with the person's PIN if the key wants it for each use.
#include "token/key_use.hpp"

#include <utility>

#include "token/return_values.hpp"
#include "token/token_info.hpp"

namespace cardseal::token {

namespace {

[[noreturn]] void fail(const ipc::LoginEnded& ended) { throw Error(ipc::error_code_of(ended.result), ended.message); }

}  // namespace

CK_RV KeyUse::run(const std::function<CK_RV(const Operation&)>& calls) {
    for (;;) {
        const auto result = token_.run(
            key_, [&](CK_SESSION_HANDLE session, const auto& object) { return attempt(calls, session, object); });
        if (login_ != Login::Wanted && login_ != Login::WantedAgain) return result;
        become_ready();
    }
}

CK_RV KeyUse::attempt(const std::function<CK_RV(const Operation&)>& calls, CK_SESSION_HANDLE session,
                      const PrivateKeyObject& object) {
    if (!object.always_authenticate) return calls({session, object.handle, [] { return CKR_OK; }});
    if (login_ != Login::Ready) {
        login_ = Login::Wanted;
        return CKR_OK;  // nothing was done: the session goes back while a person thinks
    }
    return calls({session, object.handle, [&] { return log_in(session); }});
}

CK_RV KeyUse::log_in(CK_SESSION_HANDLE session) {
    const auto pin = std::exchange(pin_, std::nullopt);
    const auto result = token_.log_in_for_operation(session, pin ? &*pin : nullptr);
    if (result == CKR_PIN_LOCKED) fail(login_ended_locked());
    login_ = is_wrong_pin(result) ? Login::WantedAgain : Login::NotWanted;
    return result;
}

void KeyUse::become_ready() {
    if (authorization_.description.empty())
        throw Error(ErrorCode::InteractionRequired, "the key asks for its PIN at each use");
    const auto flags = token_.flags();
    const auto state = pin_state_of(flags);
    if (state == ipc::PinState::Locked) fail(login_ended_locked());
    if (authentication_of(flags) == ipc::Authentication::PinPad)
        point_to_pin_pad(state);
    else
        ask_for_pin();
    login_ = Login::Ready;
}

void KeyUse::point_to_pin_pad(ipc::PinState state) {
    if (login_ == Login::WantedAgain) fail({ipc::LoginResult::Incorrect, with_tries_left("wrong PIN", state)});
    if (notice_ || !pinentry_) return;
    notice_.emplace(std::move(pinentry_));
    notice_->show_notice(authorization_.options, pin_pad_notice(authorization_));
}

void KeyUse::ask_for_pin() {
    if (!dialogue_) {
        if (!pinentry_) throw Error(ErrorCode::InvalidArgs, "the key asks for its PIN and no pinentry was given");
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(authorization_.timeout_ms);
        dialogue_.emplace(token_, authorization_, std::move(pinentry_), deadline);
    }
    if (login_ == Login::WantedAgain) dialogue_->was_wrong();
    auto answer = dialogue_->ask();
    if (const auto* ended = std::get_if<ipc::LoginEnded>(&answer)) fail(*ended);
    pin_ = std::get<Secret>(std::move(answer));
}

}  // namespace cardseal::token
