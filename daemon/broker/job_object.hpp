// SPDX-License-Identifier: LGPL-2.1-or-later
// JobObject: a job on the bus, for the one program that started it.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/jobs.hpp"
#include "org.cardseal.Cardseal1.Job-adaptor.hpp"

namespace cardseal::broker {

class JobObject final : public sdbus::AdaptorInterfaces<org::cardseal::Cardseal1::Job_adaptor> {
public:
    JobObject(sdbus::IConnection& connection, const std::string& path, Jobs& jobs, JobId id, std::string caller);
    JobObject(const JobObject&) = delete;
    JobObject& operator=(const JobObject&) = delete;
    ~JobObject();

    const std::string& path() const { return path_; }
    /// Signals to the caller alone.
    void tell_progress(const ipc::Progress& progress);
    void tell_finished(const Outcome<JobResult>& outcome);

private:
    std::tuple<std::string, uint64_t, uint64_t, uint64_t> GetState() override;
    void Cancel() override;
    void require_caller() const;
    const Job& running_job() const;
    sdbus::Signal signal(const char* name);

    Jobs& jobs_;
    JobId id_;
    std::string caller_, path_;
};

}  // namespace cardseal::broker
