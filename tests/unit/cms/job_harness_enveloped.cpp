// SPDX-License-Identifier: LGPL-2.1-or-later
// JobHarness: the encrypt, decrypt, decompress and certificates jobs.
#include "job_harness.hpp"

namespace cardseal::cms::test {

ipc::Finished JobHarness::encrypt(const ipc::EncryptJob& job, JobFiles files) {
    return run([&](JobLink& link) { return run_encrypt(job, std::move(files), link); });
}

ipc::Finished JobHarness::decrypt(const ipc::DecryptJob& job, JobFiles files) {
    return run([&](JobLink& link) { return run_decrypt(job, std::move(files), link); });
}

ipc::Finished JobHarness::decompress(const ipc::DecompressJob& job, JobFiles files) {
    return run([&](JobLink& link) { return run_decompress(job, std::move(files), link); });
}

ipc::Finished JobHarness::certificates(const ipc::CertificatesJob& job, JobFiles files) {
    return run([&](JobLink& link) { return run_certificates(job, std::move(files), link); });
}

}  // namespace cardseal::cms::test
