// SPDX-License-Identifier: LGPL-2.1-or-later
// CmsWorker: one forked, sandboxed process that does one job at a time.
//
// What crosses here, and who is believed: see ipc/job_messages.hpp. After its first job of a foreign message the
// process may be in an attacker's hands; all that it can do is ask, and each question is looked up in the job's
// permissions.
#pragma once

#include <sys/types.h>

#include "ipc/channel.hpp"

namespace cardseal::broker {

/// Killed when its owner goes, unless it is dismissed: it then ends by itself, seeing its channel closed.
class CmsWorker {
public:
    /// `generation` counts zygotes: which one forked it.
    CmsWorker(ipc::Channel channel, FileDescriptor pidfd, pid_t pid, uint64_t generation)
        : channel_(std::move(channel)), pidfd_(std::move(pidfd)), pid_(pid), generation_(generation) {}
    CmsWorker(CmsWorker&&) noexcept = default;
    CmsWorker& operator=(CmsWorker&& other) noexcept;
    CmsWorker(const CmsWorker&) = delete;
    CmsWorker& operator=(const CmsWorker&) = delete;
    ~CmsWorker();

    const ipc::Channel& channel() const { return channel_; }
    pid_t pid() const { return pid_; }
    uint64_t generation() const { return generation_; }
    void dismiss() { pidfd_.close(); }

private:
    ipc::Channel channel_;
    FileDescriptor pidfd_;
    pid_t pid_;
    uint64_t generation_;
};

}  // namespace cardseal::broker
