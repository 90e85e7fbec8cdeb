// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job's worker may ask for, and how often: a table, opened step by step.
#include "broker/job_permissions.hpp"

#include <array>

#include "base/error.hpp"
#include "ipc/certificate_messages.hpp"

namespace cardseal::broker {

namespace {

using ipc::MessageType;

enum class When { FromTheStart, OnceOpened };

struct Permission {
    JobKind kind;
    MessageType request;
    uint32_t count;
    When when;
};

constexpr uint32_t per_signer = UINT32_MAX - 1;
constexpr uint32_t unlimited = UINT32_MAX;

// No private-key operation stands here for Verify, Encrypt, Decompress, Inspect and Certificates; the kinds
// that are not named have no CMS worker.
constexpr auto permissions = std::to_array<Permission>({
    {JobKind::Sign, MessageType::SignAttributes, per_signer, When::FromTheStart},
    {JobKind::Sign, MessageType::OpenSpool, 1, When::FromTheStart},
    {JobKind::Sign, MessageType::Progress, unlimited, When::FromTheStart},
    {JobKind::Sign, MessageType::Finished, 1, When::FromTheStart},

    {JobKind::Decrypt, MessageType::OpenSpool, 2, When::FromTheStart},  // the mail and the part of it
    {JobKind::Decrypt, MessageType::ChooseRecipient, 1, When::FromTheStart},
    {JobKind::Decrypt, MessageType::UnwrapContentKey, 1, When::OnceOpened},
    {JobKind::Decrypt, MessageType::AgreeKey, 1, When::OnceOpened},
    {JobKind::Decrypt, MessageType::Progress, unlimited, When::FromTheStart},
    {JobKind::Decrypt, MessageType::Finished, 1, When::FromTheStart},

    {JobKind::Verify, MessageType::OpenSpool, 3, When::FromTheStart},  // the mail, its part, detached content
    {JobKind::Verify, MessageType::Progress, unlimited, When::FromTheStart},
    {JobKind::Verify, MessageType::Learned, ipc::max_learned, When::FromTheStart},
    {JobKind::Verify, MessageType::Finished, 1, When::FromTheStart},

    {JobKind::Encrypt, MessageType::OpenSpool, 1, When::FromTheStart},
    {JobKind::Encrypt, MessageType::Progress, unlimited, When::FromTheStart},
    {JobKind::Encrypt, MessageType::Finished, 1, When::FromTheStart},

    {JobKind::Decompress, MessageType::OpenSpool, 2, When::FromTheStart},  // the mail and the part of it
    {JobKind::Decompress, MessageType::Progress, unlimited, When::FromTheStart},
    {JobKind::Decompress, MessageType::Finished, 1, When::FromTheStart},

    {JobKind::Certificates, MessageType::CertificateFound, ipc::max_certificates_found, When::FromTheStart},
    {JobKind::Certificates, MessageType::CertificateJudged, ipc::max_certificates_judged, When::FromTheStart},
    {JobKind::Certificates, MessageType::Learned, ipc::max_imported, When::FromTheStart},
    {JobKind::Certificates, MessageType::Finished, 1, When::FromTheStart},

    {JobKind::Inspect, MessageType::OpenSpool, 1, When::FromTheStart},
    {JobKind::Inspect, MessageType::Progress, unlimited, When::FromTheStart},
    {JobKind::Inspect, MessageType::Finished, 1, When::FromTheStart},
});

}  // namespace

JobPermissions::JobPermissions(JobKind kind, uint32_t signers) {
    for (const auto& row : permissions) {
        if (row.kind != kind) continue;
        const auto count = row.count == per_signer ? signers : row.count;
        auto& allowance = allowances_[row.request];
        (row.when == When::FromTheStart ? allowance.now : allowance.later) = count;
    }
}

void JobPermissions::use(MessageType request) {
    const auto found = allowances_.find(request);
    if (found == allowances_.end() || found->second.now == 0)
        throw Error(ErrorCode::Internal, "the CMS worker asked for something that its job does not permit");
    if (found->second.now != unlimited) --found->second.now;
}

void JobPermissions::open(MessageType request) {
    const auto found = allowances_.find(request);
    if (found == allowances_.end()) return;
    found->second.now += std::exchange(found->second.later, 0);
}

}  // namespace cardseal::broker
