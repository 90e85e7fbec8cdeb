// SPDX-License-Identifier: LGPL-2.1-or-later
// CK_RV: each return value's name, the error that it is for our callers, and what it says of our handles.
#pragma once

#include <p11-kit/pkcs11.h>

#include <string>

#include "base/error.hpp"

namespace cardseal::token {

/// What a return value other than CKR_OK leaves behind.
enum class Aftermath {
    OperationFailed,  ///< of this operation only
    HandlesLost,      ///< sessions or objects are not what we think: look again, then the same call may succeed
    TokenGone,        ///< nothing of this token is usable any more
};

struct ReturnValue {
    CK_RV value;
    std::string name;
    ErrorCode code;
    Aftermath aftermath;
};

/// For any value; one that is not in the table is ModuleFailed with its number as name.
ReturnValue describe(CK_RV value);

/// "what: CKR_NAME" with the code that belongs to it.
Error module_error(const std::string& what, CK_RV value);

/// Throws module_error unless CKR_OK.
void require_ok(const std::string& what, CK_RV value);

/// Does a module that lost its token in the middle of a call say this (OpenSC, for one)?
bool may_mean_removal(CK_RV value);

/// Does it say that the token cannot do this with this kind of key, this curve, or this very key?
bool says_incapable(CK_RV value);

/// May a private-key operation with attacker-chosen input be answered with this return value? It is true for the
/// closed list of outcomes that cannot depend on the padding of a ciphertext (DESIGN.md §1): a removed token, lost
/// handles, a missing login, a PIN, memory.
bool independent_of_ciphertext(CK_RV value);

}  // namespace cardseal::token
