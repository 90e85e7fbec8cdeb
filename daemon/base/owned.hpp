// SPDX-License-Identifier: LGPL-2.1-or-later
// Owned<T, Free>: a unique_ptr for a C library's object, released by that library's function.
#pragma once

#include <memory>

namespace cardseal {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        (void)Free(object);
    }
};

template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

}  // namespace cardseal
