// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing to a token: a session of its own, and errors that say what to do.
#pragma once

#include "token/token.hpp"

namespace cardseal::token {

/// A read/write session that is there for one change. While it is, no key that wants its PIN for each use is used.
class WritingSession {
public:
    explicit WritingSession(const Token& token);
    WritingSession(const WritingSession&) = delete;
    WritingSession& operator=(const WritingSession&) = delete;
    ~WritingSession();

    /// Of C_OpenSession; without CKR_OK there is no handle.
    CK_RV result() const { return result_; }
    CK_SESSION_HANDLE handle() const { return handle_; }

private:
    const std::shared_lock<std::shared_mutex> undisturbed_;
    const CK_FUNCTION_LIST& functions_;
    CK_SESSION_HANDLE handle_ = CK_INVALID_HANDLE;
    CK_RV result_;
};

/// Runs the operation in a read/write session that is closed after it. `what` begins the message: "cannot make a key".
/// Errors: TokenNotWritable if the token is write-protected or full; UnsupportedAlgorithm if its module cannot do that;
/// those of the token.
void write_to(Token& token, const std::string& what, const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation);

}  // namespace cardseal::token
