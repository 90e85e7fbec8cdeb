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

TEST_CASE("job permissions: all but sign and decrypt jobs have no key operation, opened or not") {
    for (const auto kind :
         {JobKind::Verify, JobKind::Encrypt, JobKind::Decompress, JobKind::Inspect, JobKind::Certificates}) {
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

TEST_CASE("job permissions: a verify job may tell of 64 certificates, and no other job of a message of any") {
    JobPermissions verify(JobKind::Verify, 0);
    for (int i = 0; i < 64; ++i) verify.use(MessageType::Learned);
    CHECK_THROWS_AS(verify.use(MessageType::Learned), Error);

    for (const auto kind : {JobKind::Sign, JobKind::Decrypt, JobKind::Encrypt})
        CHECK_THROWS_AS(JobPermissions(kind, 1).use(MessageType::Learned), Error);
}

TEST_CASE("job permissions: a certificates job may find 4096 certificates and import 256, and nothing else") {
    JobPermissions permissions(JobKind::Certificates, 0);
    for (int i = 0; i < 4096; ++i) permissions.use(MessageType::CertificateFound);
    for (int i = 0; i < 256; ++i) permissions.use(MessageType::Learned);
    CHECK_THROWS_AS(permissions.use(MessageType::CertificateFound), Error);
    CHECK_THROWS_AS(permissions.use(MessageType::Learned), Error);
    CHECK_THROWS_AS(permissions.use(MessageType::OpenSpool), Error);
    permissions.use(MessageType::Finished);
}
