// SPDX-License-Identifier: LGPL-2.1-or-later
// The audit record of each private-key operation.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "broker/callers.hpp"

namespace cardseal::broker {

struct AuditRecord {
    std::string operation;  ///< "sign", "unwrap", "agree", "generate", "request"
    std::string key;        ///< key id
    std::string digest;     ///< hex SHA-256 of what the operation was asked for: attributes, ciphertext, point
    ErrorCode result = ErrorCode::None;
};

/// Hex SHA-256.
std::string audit_digest(ByteView bytes);

/// Writes one record. Never a PIN, a key, plaintext or a subject.
void audit(const AuditRecord& record, const CallerIdentity& caller);

}  // namespace cardseal::broker
