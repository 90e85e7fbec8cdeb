// SPDX-License-Identifier: LGPL-2.1-or-later
// Zygote: forks CMS workers at the broker's word and tells how they ended.
#include "cms/zygote.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <exception>

#include "base/log.hpp"
#include "ipc/zygote_messages.hpp"
#include "sandbox/hardening.hpp"

namespace cardseal::cms {

using ipc::MessageType;

static FileDescriptor watch_children() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    const int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) throw_errno(ErrorCode::Internal, "cannot watch children");
    return FileDescriptor(fd);
}

Zygote::Zygote(ipc::Channel broker) : broker_(std::move(broker)), child_signals_(watch_children()) {}

int Zygote::run(const Child& child) {
    while (!retired_ || children_ > 0) {
        pollfd sources[] = {{broker_.descriptor(), POLLIN, 0}, {child_signals_.get(), POLLIN, 0}};
        if (poll(sources, 2, -1) < 0 && errno != EINTR) throw_errno(ErrorCode::Internal, "cannot wait");
        if (sources[1].revents) report_ended_children();
        if (sources[0].revents && hear_broker(child) == Heard::Gone) return 0;
    }
    return 0;
}

Zygote::Heard Zygote::hear_broker(const Child& child) {
    ipc::NoPacket reason;
    auto packet = broker_.receive(ipc::Waiting::Never, reason);
    if (!packet) return reason == ipc::NoPacket::PeerGone ? Heard::Gone : Heard::Nothing;
    if (packet->header.type == MessageType::Retire)
        retired_ = true;
    else if (packet->header.type == MessageType::Fork && packet->descriptors.size() == 1)
        fork_worker(std::move(*packet), child);
    else
        throw Error(ErrorCode::Internal, "malformed internal message");
    return Heard::Nothing;
}

[[noreturn]] static void be_child(FileDescriptor channel, const Zygote::Child& child) {
    int status = 0;
    // The one other place of a catch-all: a forked child must never return into the zygote's frames.
    try {
        sandbox::die_with_parent();
        child(std::move(channel));
    } catch (const std::exception& error) {
        log(Severity::Error, std::string("cms worker: ") + error.what());
        status = 1;
    }
    _exit(status);
}

void Zygote::fork_worker(ipc::Packet request, const Child& child) {
    const pid_t pid = fork();
    if (pid == 0) {
        child_signals_.close();
        broker_ = ipc::Channel(FileDescriptor());
        be_child(std::move(request.descriptors.front()), child);
    }
    const int pidfd = pid < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    const FileDescriptor owned_pidfd(pidfd);
    if (pid > 0) ++children_;
    if (!owned_pidfd) {
        if (pid > 0) kill(pid, SIGKILL);
        tell(MessageType::Failure, request.header.request,
             ipc::encode(ipc::Failure{ErrorCode::Busy, "cannot start a CMS worker"}));
        return;
    }
    tell(MessageType::Forked, request.header.request, ipc::encode(ipc::Forked{static_cast<uint32_t>(pid)}),
         std::span(&pidfd, 1));
}

void Zygote::report_ended_children() {
    signalfd_siginfo drained;
    while (read(child_signals_.get(), &drained, sizeof drained) > 0) continue;
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        --children_;
        const bool killed_on_purpose = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        const bool abnormal = status != 0 && !killed_on_purpose;
        tell(MessageType::ChildExited, 0, ipc::encode(ipc::ChildExited{static_cast<uint32_t>(pid), abnormal}));
    }
}

void Zygote::tell(MessageType type, uint32_t request, ByteView payload, std::span<const int> descriptors) {
    (void)broker_.send({.type = type, .request = request}, payload, descriptors, ipc::Waiting::Block);
}

}  // namespace cardseal::cms
