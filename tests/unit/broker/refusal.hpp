// SPDX-License-Identifier: LGPL-2.1-or-later
// The Error that a call ends with, as a value.
#pragma once

#include <optional>

#include "base/error.hpp"

namespace cardseal::testing {

/// Code None and no message if the call does well.
template <class Function>
Error refusal_of(Function function) {
    try {
        (void)function();
    } catch (const Error& error) {  // what the test is about
        return error;
    }
    return Error(ErrorCode::None, "");
}

}  // namespace cardseal::testing
