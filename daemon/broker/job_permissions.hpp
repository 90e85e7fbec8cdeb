// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job's worker may ask for, and how often: a table, opened step by step.
#pragma once

#include <cstdint>
#include <map>

#include "ipc/packet.hpp"

namespace cardseal::broker {

enum class JobKind {
    Sign,
    Decrypt,
    Verify,
    Encrypt,
    Decompress,
    Inspect,
    Certificates,
    Unlock,
    Pin,
    GenerateKey,
    RequestCertificate,
    StoreCertificate,
};

class JobPermissions {
public:
    /// `signers`: of a sign job.
    JobPermissions(JobKind kind, uint32_t signers);

    /// Uses one permission up. Error(Internal) if there is none: the worker asked for what its job does not need.
    void use(ipc::MessageType request);
    /// After a decrypt job's recipient has been chosen: the one operation on its key. A no-op for what the table does
    /// not open for this kind of job.
    void open(ipc::MessageType request);

private:
    struct Allowance {
        uint32_t now = 0;    ///< permitted at this moment
        uint32_t later = 0;  ///< permitted once opened
    };
    std::map<ipc::MessageType, Allowance> allowances_;
};

}  // namespace cardseal::broker
