// SPDX-License-Identifier: LGPL-2.1-or-later
// The private-key objects that a session sees, found over the module's function list: one Ed25519 key on a token makes
// libp11's own enumeration return nothing at all.
#pragma once

#include <p11-kit/pkcs11.h>

#include <vector>

#include "token/key.hpp"

namespace cardseal::token {

struct PrivateKeyObject {
    CK_OBJECT_HANDLE handle;
    Bytes id;  ///< CKA_ID
    CK_KEY_TYPE type;
    Bytes curve;  ///< CKA_EC_PARAMS; empty if there are none
    bool always_authenticate;
};

/// CKR_OK and all of them, or why not.
CK_RV find_private_keys(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                        std::vector<PrivateKeyObject>& found);

/// The object that belongs to the certificate's key, or null.
const PrivateKeyObject* object_of(const std::vector<PrivateKeyObject>& objects, KeyType type, ByteView object_id);

}  // namespace cardseal::token
