// SPDX-License-Identifier: LGPL-2.1-or-later
// What a process has open, has mapped and takes, seen from outside; needs root, because ours are not dumpable.
#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

namespace cardseal::testing {

/// The processes below this one, with their children's children.
std::vector<pid_t> descendants_of(pid_t pid);
/// File name of the program that it runs.
std::string program_of(pid_t pid);
/// The descendants that run this program.
std::vector<pid_t> descendants_running(pid_t pid, const std::string& program);
/// The targets of its descriptors: "/dev/null", "socket:[123]", "pipe:[456]", "/memfd:input (deleted)".
std::vector<std::string> open_files(pid_t pid);
/// The same name for a descriptor of ours.
std::string name_of_descriptor(int fd);
bool has_open(pid_t pid, const std::string& file);
/// /proc/PID/maps.
std::string mapped_files(pid_t pid);
/// Waits until a descendant that runs `program` has `file` open.
pid_t wait_for_holder(pid_t ancestor, const std::string& program, const std::string& file);
/// Waits until this process has it no more.
void wait_until_closed(pid_t pid, const std::string& file);

/// Follows a process to its end with ptrace(2), where its peak of memory can still be read.
class WatchedProcess {
public:
    explicit WatchedProcess(pid_t pid);
    WatchedProcess(const WatchedProcess&) = delete;
    WatchedProcess& operator=(const WatchedProcess&) = delete;

    /// Waits for its end; the peak of its resident memory in KiB.
    size_t peak_memory_kib_at_end();

private:
    pid_t pid_;
};

/// VmHWM in KiB.
size_t peak_memory_kib(pid_t pid);

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool memory_is_measurable = false;  ///< the sanitizer's own memory drowns ours
#else
inline constexpr bool memory_is_measurable = true;
#endif

}  // namespace cardseal::testing
