// SPDX-License-Identifier: LGPL-2.1-or-later
// The locks that the caller offered at C_Initialize.
#include "caller_locks.hpp"

#include <cstdlib>

namespace cardseal::fault_module {

namespace {

/// PKCS#11 has no place to keep state but the module itself, so this one is static.
CK_C_INITIALIZE_ARGS offered{};

}  // namespace

void remember_locks(const CK_C_INITIALIZE_ARGS* arguments) {
    if (arguments && arguments->CreateMutex) offered = *arguments;
}

void leave_locked() {
    void* lock = nullptr;
    if (!offered.CreateMutex || offered.CreateMutex(&lock) != CKR_OK) std::abort();
    for (int times = 0; times < 2; ++times)
        if (offered.LockMutex(lock) != CKR_OK) std::abort();
}

}  // namespace cardseal::fault_module
