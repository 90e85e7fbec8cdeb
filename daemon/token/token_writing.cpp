// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing to a token: a session of its own, and errors that say what to do.
#include "token/token_writing.hpp"

#include "token/return_values.hpp"

namespace cardseal::token {

WritingSession::WritingSession(const Token& token)
    : undisturbed_(token.between_uses()),
      functions_(token.functions()),
      result_(functions_.C_OpenSession(token.slot(), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle_)) {
}

WritingSession::~WritingSession() {
    if (result_ == CKR_OK) (void)functions_.C_CloseSession(handle_);
}

namespace {

CK_RV write_once(Token& token, const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation) {
    if (token.flags() & CKF_WRITE_PROTECTED) return CKR_TOKEN_WRITE_PROTECTED;
    const WritingSession session(token);
    return session.result() == CKR_OK ? operation(session.handle()) : session.result();
}

}  // namespace

void write_to(Token& token, const std::string& what, const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation) {
    const auto result = write_once(token, operation);
    switch (result) {
        case CKR_OK:
            return;
        case CKR_TOKEN_WRITE_PROTECTED:
        case CKR_SESSION_READ_ONLY:
            throw Error(ErrorCode::TokenNotWritable, what + ": the token is write-protected");
        case CKR_DEVICE_MEMORY:
            throw Error(ErrorCode::TokenNotWritable, what + ": the token has no room left");
        case CKR_FUNCTION_NOT_SUPPORTED:
        case CKR_MECHANISM_INVALID:
            throw Error(ErrorCode::UnsupportedAlgorithm,
                        what + ": the token's module cannot do that (" + describe(result).name + ")");
        default:
            throw module_error(what, result);
    }
}

}  // namespace cardseal::token
