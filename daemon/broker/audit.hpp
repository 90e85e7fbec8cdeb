// SPDX-License-Identifier: LGPL-2.1-or-later
// The audit record of each private-key operation.
#pragma once

#include <functional>
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

class Audit {
public:
    /// Told of each record after it is written.
    using Watcher = std::function<void(const AuditRecord& record, const CallerIdentity& caller)>;
    void when_recorded(Watcher watcher) { watcher_ = std::move(watcher); }

    /// Writes one record to the journal. Never a PIN, a key, plaintext or a subject.
    void record(const AuditRecord& record, const CallerIdentity& caller) const;

private:
    Watcher watcher_;
};

/// "Done", or the error's name.
std::string result_text(const AuditRecord& record);

}  // namespace cardseal::broker
