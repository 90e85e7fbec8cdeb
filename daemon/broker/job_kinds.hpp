// SPDX-License-Identifier: LGPL-2.1-or-later
// The kinds of job.
#pragma once

#include "broker/job.hpp"

namespace cardseal::broker {

/// Each of the request's keys is found and made ready (PIN) before the worker is given the job.
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, SignRequest request,
                              JobFiles files);
/// The worker reads the message first; the recipient that it may use is chosen before any prompt.
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, DecryptRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, VerifyRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, EncryptRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, DecompressRequest request,
                              JobFiles files);
/// Needs no files; the worker parses what the broker has read unread.
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, CertificatesRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, InspectRequest request,
                              JobFiles files);
/// Needs neither files nor a worker.
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, UnlockRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, PinRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, GenerateRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, RequestCertificateRequest request,
                              JobFiles files);
std::shared_ptr<Job> make_job(const JobServices& services, JobId id, JobOwner owner, StoreCertificateRequest request,
                              JobFiles files);

}  // namespace cardseal::broker
