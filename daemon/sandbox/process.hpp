// SPDX-License-Identifier: LGPL-2.1-or-later
// Process: starting a program of ours (or pinentry) with nothing but what it is given, and owning it.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.hpp"

namespace cardseal::sandbox {

struct ProcessStart {
    std::string program;                        ///< absolute path
    std::vector<std::string> arguments = {};    ///< without the program's own name
    std::vector<std::string> environment = {};  ///< complete: "NAME=value"; nothing else is passed on
    int channel = -1;                           ///< becomes descriptor 3 of the child if not -1
    int standard_stream = -1;  ///< becomes descriptors 0 and 1 of the child if not -1; otherwise they are /dev/null
};

/// How a process ended.
struct ExitStatus {
    bool abnormal;     ///< a signal, or a status other than 0
    std::string text;  ///< "killed by signal 11 (Segmentation fault)", "exit status 1"
};

/// A child of ours; killed and reaped when its owner goes. Not for several threads.
class Process {
public:
    Process(Process&&) noexcept = default;
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    pid_t pid() const { return pid_; }
    /// Readable when the process has ended.
    int pidfd() const { return pidfd_.get(); }
    void kill();
    void terminate();  ///< SIGTERM
    /// How it ended, once; empty while it runs.
    std::optional<ExitStatus> reap();

private:
    friend Process start_process(const ProcessStart& start);
    Process(pid_t pid, FileDescriptor pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

    pid_t pid_ = -1;
    FileDescriptor pidfd_;  ///< empty once reaped
};

/// Busy if the system refuses another process, Internal if the program cannot be run.
Process start_process(const ProcessStart& start);

/// The entries of our own environment with these names, as "NAME=value".
std::vector<std::string> environment_of(std::span<const std::string_view> names);

}  // namespace cardseal::sandbox
