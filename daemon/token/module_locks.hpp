// SPDX-License-Identifier: LGPL-2.1-or-later
// The locks that a module is offered at C_Initialize (PKCS#11 §5.4), which show when it has left one locked.
//
// OpenSC 0.23 forgets to unlock a card that is pulled, and locks it once more in the same call: with the system's locks
// that call never ends, nor does any other. With these the same thread may go on, the call ends with an error, and what
// it has left locked is unlocked then: another thread that has the module's outer lock and waits for the card's would
// else keep this one from asking whether the card is gone. Nobody knows what state such a module is in, so the process
// is replaced once no request is under way.
#pragma once

#include <p11-kit/pkcs11.h>

namespace cardseal::token {

/// For C_Initialize. The module may use the system's locks instead.
CK_C_INITIALIZE_ARGS arguments_with_locks();

/// After a call of the module: unlocks what this thread has locked all the same.
void unlock_what_is_left();

/// Asked between calls of the module: does this thread hold one of its locks, or did it after a call?
bool module_left_locked();

}  // namespace cardseal::token
