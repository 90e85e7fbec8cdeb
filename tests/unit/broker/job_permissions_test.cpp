// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the table of what a job's worker may ask for.
#include "broker/job_permissions.hpp"

#include "base/error.hpp"
#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::broker;
using ipc::MessageType;

namespace {

constexpr MessageType key_operations[] = {MessageType::SignAttributes, MessageType::UnwrapContentKey,
                                          MessageType::AgreeKey};

}  // namespace

TEST_CASE("job permissions: a sign job has one signature per signer and no more") {
    JobPermissions permissions(JobKind::Sign, 2);

    permissions.use(MessageType::SignAttributes);
    permissions.use(MessageType::SignAttributes);

    CHECK_THROWS_AS(permissions.use(MessageType::SignAttributes), Error);
    CHECK_THROWS_AS(permissions.use(MessageType::UnwrapContentKey), Error);
    CHECK_THROWS_AS(permissions.use(MessageType::ChooseRecipient), Error);
}

TEST_CASE("job permissions: a decrypt job has one key operation, after one choice of a recipient") {
    JobPermissions permissions(JobKind::Decrypt, 0);
    CHECK_THROWS_AS(permissions.use(MessageType::UnwrapContentKey), Error);

    permissions.use(MessageType::ChooseRecipient);
    permissions.open(MessageType::UnwrapContentKey);
    permissions.use(MessageType::UnwrapContentKey);

    CHECK_THROWS_AS(permissions.use(MessageType::UnwrapContentKey), Error);
    CHECK_THROWS_AS(permissions.use(MessageType::AgreeKey), Error);
    CHECK_THROWS_AS(permissions.use(MessageType::ChooseRecipient), Error);
    permissions.open(MessageType::UnwrapContentKey);
    CHECK_THROWS_AS(permissions.use(MessageType::UnwrapContentKey), Error);
}

TEST_CASE("job permissions: verify, encrypt, decompress and inspect jobs have no key operation, opened or not") {
    for (const auto kind : {JobKind::Verify, JobKind::Encrypt, JobKind::Decompress, JobKind::Inspect}) {
        JobPermissions permissions(kind, 16);
        for (const auto operation : key_operations) {
            permissions.open(operation);
            CHECK_THROWS_AS(permissions.use(operation), Error);
        }
    }
}

TEST_CASE("job permissions: every job may report progress as it likes, spool, and finish once") {
    for (const auto kind : {JobKind::Sign, JobKind::Decrypt, JobKind::Verify, JobKind::Encrypt, JobKind::Decompress,
                            JobKind::Inspect}) {
        JobPermissions permissions(kind, 1);
        for (int i = 0; i < 1000; ++i) permissions.use(MessageType::Progress);
        permissions.use(MessageType::OpenSpool);
        permissions.use(MessageType::Finished);
        CHECK_THROWS_AS(permissions.use(MessageType::Finished), Error);
        CHECK_THROWS_AS(permissions.use(MessageType::ListTokens), Error);
    }
}
