// SPDX-License-Identifier: LGPL-2.1-or-later
// The ceiling: the module's own calls in warm, logged-in sessions, with nothing around them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <p11-kit/pkcs11.h>

namespace bench {

/// A token that stays logged in for the life of this object.
class RawToken {
public:
    RawToken(const std::string& module, const std::string& label, const std::string& pin);
    ~RawToken();
    RawToken(const RawToken&) = delete;
    RawToken& operator=(const RawToken&) = delete;

    /// One operation in a session of its own, to be called again and again by one thread.
    std::function<void()> signing(CK_KEY_TYPE type, CK_MECHANISM_TYPE mechanism, std::vector<unsigned char> input);
    std::function<void()> decrypting(std::vector<unsigned char> ciphertext);

private:
    CK_SESSION_HANDLE open_session();
    CK_OBJECT_HANDLE private_key(CK_SESSION_HANDLE session, CK_KEY_TYPE type);

    CK_FUNCTION_LIST_PTR functions_ = nullptr;
    CK_SLOT_ID slot_ = 0;
};

}  // namespace bench
