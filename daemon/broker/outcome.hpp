// SPDX-License-Identifier: LGPL-2.1-or-later
// Outcome: what an operation that ends later ended with, and who is told.
#pragma once

#include <functional>
#include <variant>

#include "base/error.hpp"

namespace cardseal::broker {

/// The result, or why there is none.
template <class T>
using Outcome = std::variant<T, Error>;

/// Called exactly once, from the event loop or at once; never after what it refers to is gone.
template <class T>
using Told = std::function<void(Outcome<T>)>;

template <class T>
const Error* error_of(const Outcome<T>& outcome) {
    return std::get_if<Error>(&outcome);
}

}  // namespace cardseal::broker
