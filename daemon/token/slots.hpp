// SPDX-License-Identifier: LGPL-2.1-or-later
// The module's slots as it tells of them, without asking a token anything.
#pragma once

#include <p11-kit/pkcs11.h>

#include <string>
#include <vector>

namespace cardseal::token {

struct Slot {
    CK_SLOT_ID id;
    std::string description;
    bool has_token;
    auto operator<=>(const Slot&) const = default;
};

/// All slots, empty ones too. A slot that is gone before it is asked, or that does not answer, is left out; if that
/// leaves none, its Error.
std::vector<Slot> read_slots(const CK_FUNCTION_LIST& functions);

}  // namespace cardseal::token
