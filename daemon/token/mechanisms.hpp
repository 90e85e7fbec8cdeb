// SPDX-License-Identifier: LGPL-2.1-or-later
// Our digests as PKCS#11 names them.
#pragma once

#include <p11-kit/pkcs11.h>

#include "ipc/algorithms.hpp"

namespace cardseal::token {

inline CK_MECHANISM_TYPE hash_mechanism(Digest digest) {
    constexpr CK_MECHANISM_TYPE mechanisms[] = {CKM_SHA_1, CKM_SHA256, CKM_SHA384, CKM_SHA512, CKM_SHA224};
    return mechanisms[static_cast<size_t>(digest)];
}

inline CK_ULONG mask_generation(Digest digest) {
    constexpr CK_ULONG functions[] = {CKG_MGF1_SHA1, CKG_MGF1_SHA256, CKG_MGF1_SHA384, CKG_MGF1_SHA512,
                                      CKG_MGF1_SHA224};
    return functions[static_cast<size_t>(digest)];
}

}  // namespace cardseal::token
