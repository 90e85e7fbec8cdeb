// SPDX-License-Identifier: LGPL-2.1-or-later
// The count of private-key operations per job.
#include "token/job_counts.hpp"

#include "base/error.hpp"
#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

bool counted(JobCounts& counts, uint64_t job, Use use) {
    try {
        counts.count({job}, use);
        return true;
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::AccessDenied);
        return false;
    }
}

}  // namespace

TEST_CASE("job counts: sixteen signatures and one key recovery") {
    JobCounts counts;
    for (unsigned i = 0; i < 16; ++i) REQUIRE(counted(counts, 1, Use::Signature));
    CHECK_FALSE(counted(counts, 1, Use::Signature));
    CHECK(counted(counts, 1, Use::KeyRecovery));
    CHECK_FALSE(counted(counts, 1, Use::KeyRecovery));
    CHECK(counted(counts, 2, Use::Signature));
}

TEST_CASE("job counts: what is taken back may be asked again, and no more than that") {
    JobCounts counts;
    REQUIRE(counted(counts, 1, Use::KeyRecovery));
    counts.take_back({1}, Use::KeyRecovery);
    counts.take_back({1}, Use::KeyRecovery);
    counts.take_back({2}, Use::KeyRecovery);

    CHECK(counted(counts, 1, Use::KeyRecovery));
    CHECK_FALSE(counted(counts, 1, Use::KeyRecovery));
}

TEST_CASE("job counts: no job has nothing") {
    JobCounts counts;
    CHECK_FALSE(counted(counts, 0, Use::Signature));
}

TEST_CASE("job counts: the latest jobs are remembered") {
    JobCounts counts;
    for (uint64_t job = 1; job <= JobCounts::max_jobs + 1; ++job) REQUIRE(counted(counts, job, Use::KeyRecovery));
    CHECK_FALSE(counted(counts, 2, Use::KeyRecovery));
    CHECK_FALSE(counted(counts, JobCounts::max_jobs + 1, Use::KeyRecovery));
}
