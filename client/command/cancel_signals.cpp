// SPDX-License-Identifier: LGPL-2.1-or-later
// Ctrl-C and its kin as a descriptor that becomes readable, so that a job is cancelled instead of left behind.
#include "command/cancel_signals.hpp"

#include <sys/signalfd.h>

#include "failure.hpp"

namespace cardseal::client {

CancelSignals::CancelSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, &before_);
    descriptor_ = Descriptor(signalfd(-1, &signals, SFD_CLOEXEC));
    if (!descriptor_) throw errno_failure(ErrorCode::Internal, "cannot watch for signals");
}

CancelSignals::~CancelSignals() {
    // A signal that has done its work here must not kill the process on the way out.
    signalfd_siginfo seen;
    sigset_t pending;
    while (sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) || sigismember(&pending, SIGHUP)) &&
           read(descriptor_.get(), &seen, sizeof seen) > 0) {
    }
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace cardseal::client
