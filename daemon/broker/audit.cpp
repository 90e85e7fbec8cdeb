// SPDX-License-Identifier: LGPL-2.1-or-later
// The audit record of each private-key operation.
#include "broker/audit.hpp"

#include <openssl/evp.h>
#include <array>

#include "base/log.hpp"

namespace cardseal::broker {

std::string audit_digest(ByteView bytes) {
    std::array<uint8_t, 32> digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw Error(ErrorCode::Internal, "cannot compute a digest");
    return hex(digest);
}

std::string result_text(const AuditRecord& record) {
    const auto* entry = find_error(record.result);
    return entry ? std::string(short_name(*entry)) : "Done";
}

void Audit::record(const AuditRecord& record, const CallerIdentity& caller) const {
    const auto result = result_text(record);
    const std::string principal = "uid " + std::to_string(caller.uid) + ", " + caller.label;
    log(Severity::Info, "private-key operation: " + record.operation + " for " + caller.label + ": " + result,
        {{"CARDSEAL_OPERATION", record.operation},
         {"CARDSEAL_KEY", record.key},
         {"CARDSEAL_PRINCIPAL", principal},
         {"CARDSEAL_MESSAGE_DIGEST", record.digest},
         {"CARDSEAL_RESULT", result}});
    if (watcher_) watcher_(record, caller);
}

}  // namespace cardseal::broker
