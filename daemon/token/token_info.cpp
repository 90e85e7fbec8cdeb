// SPDX-License-Identifier: LGPL-2.1-or-later
// CK_TOKEN_INFO in our words.
#include "token/token_info.hpp"

namespace cardseal::token {

TokenDescription description_of(const CK_TOKEN_INFO& info) {
    const auto text = [](const auto& field) { return clean_padded_text(ByteView(field, sizeof field)); };
    return {text(info.label), text(info.manufacturerID), text(info.model), text(info.serialNumber)};
}

ipc::PinState pin_state_of(CK_FLAGS flags) {
    if (flags & CKF_USER_PIN_LOCKED) return ipc::PinState::Locked;
    if (flags & CKF_USER_PIN_FINAL_TRY) return ipc::PinState::FinalTry;
    if (flags & CKF_USER_PIN_COUNT_LOW) return ipc::PinState::CountLow;
    return ipc::PinState::Normal;
}

ipc::Authentication authentication_of(CK_FLAGS flags) {
    if (!(flags & CKF_LOGIN_REQUIRED)) return ipc::Authentication::None;
    return (flags & CKF_PROTECTED_AUTHENTICATION_PATH) ? ipc::Authentication::PinPad : ipc::Authentication::Pin;
}

}  // namespace cardseal::token
