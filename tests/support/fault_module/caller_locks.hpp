// SPDX-License-Identifier: LGPL-2.1-or-later
// The locks that the caller offered at C_Initialize, and a module that forgets to unlock one.
#pragma once

#include <p11-kit/pkcs11.h>

namespace cardseal::fault_module {

/// `arguments` of C_Initialize; null: none.
void remember_locks(const CK_C_INITIALIZE_ARGS* arguments);

/// Locks a new lock twice, as OpenSC 0.23 does with the lock of a card that was pulled, and leaves it so.
void leave_locked();

}  // namespace cardseal::fault_module
