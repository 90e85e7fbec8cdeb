// SPDX-License-Identifier: LGPL-2.1-or-later
// Module: the one PKCS#11 module of this process, loaded and initialised by libp11, and its function list.
#pragma once

#include <libp11.h>
#include <p11-kit/pkcs11.h>

#include <string>

#include "base/owned.hpp"

namespace cardseal::token {

/// Initialised while it lives. Safe for several threads: the module may use the system's locks or ours
/// (module_locks.hpp); with none SoftHSM crashes.
class Module {
public:
    /// `init_args` goes to the module as pReserved of CK_C_INITIALIZE_ARGS, which NSS calls LibraryParameters.
    /// ModuleFailed if the file is no PKCS#11 module or does not initialise.
    Module(const std::string& path, std::string init_args);
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;
    ~Module();

    /// All calls go here: libp11 would keep the PIN and stale keys, and wait for ever for a session that it cannot
    /// open.
    const CK_FUNCTION_LIST& functions() const { return functions_; }

private:
    Owned<PKCS11_CTX, PKCS11_CTX_free> context_;
    CK_FUNCTION_LIST functions_{};
};

}  // namespace cardseal::token
