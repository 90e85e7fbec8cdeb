// SPDX-License-Identifier: LGPL-2.1-or-later
// What it means for a person that a signature is not valid, and what can be done about it.
#pragma once

#include <string>

#include "cardseal.hpp"

namespace cardseal::client {

struct Advice {
    std::string meaning;
    std::string next_step;
};

/// For a signer that is not valid, about the first thing that speaks against it.
Advice advice_about(const Signer& signer);

}  // namespace cardseal::client
