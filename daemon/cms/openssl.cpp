// SPDX-License-Identifier: LGPL-2.1-or-later
// OpenSSL's objects, owned, and its errors as ours.
#include "cms/openssl.hpp"

#include <openssl/err.h>

namespace cardseal::cms {

void require(bool good, ErrorCode code, const char* what) {
    if (good) return;
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    throw Error(code, std::string(what) + (reason ? std::string(": ") + reason : ""));
}

}  // namespace cardseal::cms
