// SPDX-License-Identifier: LGPL-2.1-or-later
// The one exception class of the daemon's processes.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "error_table.hpp"

namespace cardseal {

/// An operation's failure: a code from the table and "what failed: why".
/// The message is lower case, has no full stop, and never holds a PIN, a key, plaintext or a subject.
class Error final : public std::exception {
public:
    Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

    ErrorCode code() const { return code_; }
    const std::string& message() const { return message_; }
    const char* what() const noexcept override { return message_.c_str(); }

private:
    ErrorCode code_;
    std::string message_;
};

/// Throws `code` with "what: strerror(errno)".
[[noreturn]] void throw_errno(ErrorCode code, const std::string& what);

}  // namespace cardseal
