// SPDX-License-Identifier: LGPL-2.1-or-later
// CmsWorker: one forked, sandboxed process that does one job at a time.
#include "broker/cms_worker.hpp"

#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

namespace cardseal::broker {

CmsWorker& CmsWorker::operator=(CmsWorker&& other) noexcept {
    std::swap(channel_, other.channel_);
    std::swap(pidfd_, other.pidfd_);
    std::swap(pid_, other.pid_);
    std::swap(generation_, other.generation_);
    return *this;
}

CmsWorker::~CmsWorker() {
    if (pidfd_) (void)syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
}

}  // namespace cardseal::broker
