// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects on a token: finding them and reading their attributes, over the module's function list.
#pragma once

#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/bytes.hpp"

namespace cardseal::token {

/// CKR_OK and the handles of all objects that have these attributes (at most some thousand), or why not.
CK_RV find_objects(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, std::span<CK_ATTRIBUTE> wanted,
                   std::vector<CK_OBJECT_HANDLE>& handles);
/// Those of one class that stay on the token.
CK_RV find_objects(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_CLASS object_class,
                   std::vector<CK_OBJECT_HANDLE>& handles);

/// These say that some attribute of several could not be had; the others are there (PKCS#11 §5.7.5).
bool is_partial(CK_RV result);

struct WantedAttribute {
    CK_ATTRIBUTE_TYPE type;
    size_t max;  ///< bytes
};

/// The values in one call, in the order of `wanted`; empty if the object has none, or the module says that it is longer
/// than `max`.
CK_RV read_attributes(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                      std::span<const WantedAttribute> wanted, std::vector<Bytes>& values);

/// A CK_KEY_TYPE, CK_ULONG or CK_BBOOL that was read; `otherwise` if it has another size.
template <class Value>
Value value_of(ByteView bytes, Value otherwise) {
    if (bytes.size() != sizeof otherwise) return otherwise;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<uint8_t*>(&otherwise));
    return otherwise;
}

}  // namespace cardseal::token
