// SPDX-License-Identifier: LGPL-2.1-or-later
// What a process has open, has mapped and takes, seen from outside; needs root, because ours are not dumpable.
#include "process_view.hpp"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "world.hpp"

namespace cardseal::testing {

namespace filesystem = std::filesystem;

namespace {

std::string link_target(const filesystem::path& path) {
    std::error_code gone;
    return filesystem::read_symlink(path, gone).string();
}

std::string status_line(pid_t pid, const std::string& name) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name + ":")) return line.substr(name.size() + 1);
    return "";
}

pid_t parent_of(pid_t pid) {
    const auto text = status_line(pid, "PPid");
    return text.empty() ? 0 : std::stoi(text);
}

std::vector<pid_t> all_processes() {
    std::vector<pid_t> pids;
    for (const auto& entry : filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (std::all_of(name.begin(), name.end(), ::isdigit)) pids.push_back(std::stoi(name));
    }
    return pids;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t pid) {
    std::vector<pid_t> found, parents{pid};
    const auto all = all_processes();
    while (!parents.empty()) {
        const auto parent = parents.back();
        parents.pop_back();
        for (const auto candidate : all)
            if (parent_of(candidate) == parent) {
                found.push_back(candidate);
                parents.push_back(candidate);
            }
    }
    return found;
}

std::string program_of(pid_t pid) {
    return filesystem::path(link_target("/proc/" + std::to_string(pid) + "/exe")).filename().string();
}

std::vector<pid_t> descendants_running(pid_t pid, const std::string& program) {
    auto found = descendants_of(pid);
    std::erase_if(found, [&](pid_t candidate) { return program_of(candidate) != program; });
    return found;
}

std::vector<std::string> open_files(pid_t pid) {
    std::vector<std::string> files;
    std::error_code gone;
    for (const auto& entry : filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", gone))
        files.push_back(link_target(entry.path()));
    return files;
}

std::string name_of_descriptor(int fd) { return link_target("/proc/self/fd/" + std::to_string(fd)); }

bool has_open(pid_t pid, const std::string& file) {
    const auto files = open_files(pid);
    return std::find(files.begin(), files.end(), file) != files.end();
}

std::string mapped_files(pid_t pid) {
    std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
    std::ostringstream text;
    text << maps.rdbuf();
    return text.str();
}

pid_t wait_for_holder(pid_t ancestor, const std::string& program, const std::string& file) {
    for (const auto deadline = soon(); milliseconds_until(deadline) > 0;)
        for (const auto pid : descendants_running(ancestor, program))
            if (has_open(pid, file)) return pid;
    throw std::runtime_error("no " + program + " opens " + file);
}

void wait_until_closed(pid_t pid, const std::string& file) {
    for (const auto deadline = soon(); milliseconds_until(deadline) > 0;)
        if (!has_open(pid, file)) return;
    throw std::runtime_error(program_of(pid) + " keeps " + file);
}

size_t peak_memory_kib(pid_t pid) {
    const auto text = status_line(pid, "VmHWM");
    if (text.empty()) throw std::runtime_error("the process has no memory any more");
    return std::stoul(text);
}

WatchedProcess::WatchedProcess(pid_t pid) : pid_(pid) {
    if (ptrace(PTRACE_SEIZE, pid, nullptr, PTRACE_O_TRACEEXIT) != 0)
        throw std::runtime_error("the process cannot be watched: not root?");
}

size_t WatchedProcess::peak_memory_kib_at_end() {
    for (int status = 0; waitpid(pid_, &status, __WALL) == pid_ && WIFSTOPPED(status);) {
        if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8))) {
            const auto peak = peak_memory_kib(pid_);
            ptrace(PTRACE_DETACH, pid_, nullptr, nullptr);
            return peak;
        }
        ptrace(PTRACE_CONT, pid_, nullptr, status >> 16 ? 0 : WSTOPSIG(status));
    }
    throw std::runtime_error("the process ended unseen");
}

}  // namespace cardseal::testing
