// SPDX-License-Identifier: LGPL-2.1-or-later
// Process: starting a program of ours (or pinentry) with nothing but what it is given, and owning it.
#include "sandbox/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "base/error.hpp"

namespace cardseal::sandbox {

namespace {

/// posix_spawn's two parameter objects.
class SpawnSettings {
public:
    SpawnSettings() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
    }
    ~SpawnSettings() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    void give_descriptors(const ProcessStart& start) {
        for (int standard : {0, 1}) {
            if (start.standard_stream >= 0)
                posix_spawn_file_actions_adddup2(&actions_, start.standard_stream, standard);
            else
                posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", O_RDWR, 0);
        }
        if (start.channel >= 0) posix_spawn_file_actions_adddup2(&actions_, start.channel, 3);
        posix_spawn_file_actions_addclosefrom_np(&actions_, start.channel >= 0 ? 4 : 3);
    }

    void reset_signals() {
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }

    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (auto& string : strings) result.push_back(string.data());
    result.push_back(nullptr);
    return result;
}

FileDescriptor open_pidfd(pid_t pid) {
    const auto fd = syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0) throw_errno(ErrorCode::Busy, "cannot watch a process");
    return FileDescriptor(static_cast<int>(fd));
}

ExitStatus describe(const siginfo_t& end) {
    if (end.si_code == CLD_EXITED) return {end.si_status != 0, "exit status " + std::to_string(end.si_status)};
    return {true, "killed by signal " + std::to_string(end.si_status) + " (" + strsignal(end.si_status) + ")"};
}

}  // namespace

Process start_process(const ProcessStart& start) {
    SpawnSettings settings;
    settings.give_descriptors(start);
    settings.reset_signals();
    std::vector<std::string> arguments{start.program};
    arguments.insert(arguments.end(), start.arguments.begin(), start.arguments.end());
    auto environment = start.environment;
    pid_t pid = -1;
    const int failure = posix_spawn(&pid, start.program.c_str(), settings.actions(), settings.attributes(),
                                    pointers(arguments).data(), pointers(environment).data());
    if (failure != 0) {
        const bool exhausted = failure == EAGAIN || failure == ENOMEM || failure == EMFILE || failure == ENFILE;
        throw Error(exhausted ? ErrorCode::Busy : ErrorCode::Internal,
                    "cannot start " + start.program + ": " + std::strerror(failure));
    }
    return Process(pid, open_pidfd(pid));
}

Process& Process::operator=(Process&& other) noexcept {
    if (this != &other) {
        Process ended(std::move(*this));
        pid_ = other.pid_;
        pidfd_ = std::move(other.pidfd_);
    }
    return *this;
}

Process::~Process() {
    if (!pidfd_) return;
    kill();
    siginfo_t end{};
    while (waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &end, WEXITED) != 0 && errno == EINTR) continue;
}

void Process::kill() { (void)syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0); }

void Process::terminate() { (void)syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGTERM, nullptr, 0); }

std::optional<ExitStatus> Process::reap() {
    siginfo_t end{};
    if (!pidfd_ || waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &end, WEXITED | WNOHANG) != 0 || end.si_pid == 0)
        return std::nullopt;
    pidfd_.close();
    return describe(end);
}

std::vector<std::string> environment_of(std::span<const std::string_view> names) {
    std::vector<std::string> entries;
    for (auto name : names)
        if (const char* value = std::getenv(std::string(name).c_str()))
            entries.push_back(std::string(name) + "=" + value);
    return entries;
}

}  // namespace cardseal::sandbox
