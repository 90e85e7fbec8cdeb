// SPDX-License-Identifier: LGPL-2.1-or-later
// Inline content: small content that came in a call, carried unread in memory files to and from a worker.
#pragma once

#include "base/file_descriptor.hpp"

namespace cardseal::broker {

/// Bytes that an inline method accepts.
inline constexpr uint64_t inline_max = 1u << 20;
/// Bytes that it returns at most: base64 and headers make a message longer than its content.
inline constexpr uint64_t inline_result_max = 2u << 20;

/// A sealed memory file; `content` is wiped. LimitExceeded above inline_max, naming the method to use instead.
FileDescriptor inline_input(Bytes& content, const char* instead);
FileDescriptor inline_output();
/// LimitExceeded above inline_result_max.
Bytes inline_result(const FileDescriptor& output, const char* instead);

}  // namespace cardseal::broker
