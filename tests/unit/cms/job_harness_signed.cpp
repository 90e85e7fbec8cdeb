// SPDX-License-Identifier: LGPL-2.1-or-later
// JobHarness: the sign and verify jobs.
#include "job_harness.hpp"

namespace cardseal::cms::test {

ipc::Finished JobHarness::sign(const ipc::SignJob& job, JobFiles files) {
    KnownCertificates known;
    return run([&](JobLink& link) { return run_sign(job, std::move(files), link, known); });
}

ipc::Finished JobHarness::verify(const ipc::VerifyJob& job, JobFiles files) {
    return run([&](JobLink& link) { return run_verify(job, std::move(files), link); });
}

ipc::Finished JobHarness::inspect(const ipc::InspectJob& job, JobFiles files) {
    return run([&](JobLink& link) { return run_inspect(job, std::move(files), link); });
}

}  // namespace cardseal::cms::test
