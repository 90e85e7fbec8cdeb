// SPDX-License-Identifier: LGPL-2.1-or-later
// The module's functions, each followed by unlocking what it has left locked (module_locks.hpp).
#pragma once

#include <p11-kit/pkcs11.h>

namespace cardseal::token {

/// The same functions, for all calls but C_Initialize. Of one module in a process; borrows its list.
CK_FUNCTION_LIST unlocking_calls(const CK_FUNCTION_LIST& functions);

}  // namespace cardseal::token
