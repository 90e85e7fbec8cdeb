// SPDX-License-Identifier: LGPL-2.1-or-later
// CK_TOKEN_INFO in our words.
#pragma once

#include <p11-kit/pkcs11.h>

#include "ipc/token_messages.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

TokenDescription description_of(const CK_TOKEN_INFO& info);
/// Of CK_TOKEN_INFO.flags.
ipc::PinState pin_state_of(CK_FLAGS flags);
ipc::Authentication authentication_of(CK_FLAGS flags);

}  // namespace cardseal::token
