// SPDX-License-Identifier: LGPL-2.1-or-later
// The certificates that a session sees, found over the module's function list: libp11 has a pool of sessions of its
// own, and waits for ever when it cannot open one (a card that was just pulled, a token with few sessions).
#pragma once

#include <p11-kit/pkcs11.h>

#include <string>
#include <vector>

#include "token/openssl.hpp"

namespace cardseal::token {

struct FoundCertificate {
    Certificate certificate;
    Bytes id;  ///< CKA_ID; joins it with its private key
    std::string label;
};

/// CKR_OK and all of them that can be parsed, or why not.
CK_RV find_certificates(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                        std::vector<FoundCertificate>& found);

}  // namespace cardseal::token
