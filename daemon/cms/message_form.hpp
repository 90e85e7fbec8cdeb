// SPDX-License-Identifier: LGPL-2.1-or-later
// The forms that a message can come in, told apart by its first bytes.
#pragma once

#include "base/bytes.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

enum class MessageForm { Der, Pem, Base64, Smime };

/// BadMessage if it is empty or in none of the forms.
MessageForm recognise_form(ByteView start);

/// BadMessage that names the form found, unless that form was asked for.
void check_form(ipc::InputForm wanted, MessageForm found);

}  // namespace cardseal::cms
