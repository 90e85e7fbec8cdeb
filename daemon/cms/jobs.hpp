// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs that a CMS worker can be given. Each returns its result or throws Error; descriptors are in the order
// that ipc/job_messages.hpp gives.
#pragma once

#include "cms/job_link.hpp"
#include "cms/known_certificates.hpp"

namespace cardseal::cms {

using JobFiles = std::vector<FileDescriptor>;

/// `known` lives as long as the worker does.
ipc::Finished run_sign(const ipc::SignJob& job, JobFiles files, JobLink& link, KnownCertificates& known);
ipc::Finished run_verify(const ipc::VerifyJob& job, JobFiles files, JobLink& link);
ipc::Finished run_encrypt(const ipc::EncryptJob& job, JobFiles files, JobLink& link);
ipc::Finished run_decrypt(const ipc::DecryptJob& job, JobFiles files, JobLink& link);
ipc::Finished run_decompress(const ipc::DecompressJob& job, JobFiles files, JobLink& link);
ipc::Finished run_certificates(const ipc::CertificatesJob& job, JobFiles files, JobLink& link);
ipc::Finished run_inspect(const ipc::InspectJob& job, JobFiles files, JobLink& link);

}  // namespace cardseal::cms
