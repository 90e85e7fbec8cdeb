// SPDX-License-Identifier: LGPL-2.1-or-later
// Running other programs in a test, and a folder for their files.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <filesystem>

#include "job_harness.hpp"

extern char** environ;

namespace cardseal::cms::test {

ProgramResult run_program(const std::vector<std::string>& arguments, ByteView input) {
    const auto in = file_with(input), out = empty_file();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.get(), 0);
    posix_spawn_file_actions_adddup2(&actions, out.get(), 1);
    std::vector<char*> raw;
    for (const auto& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
    raw.push_back(nullptr);
    pid_t pid = -1;
    const int failure = posix_spawnp(&pid, raw[0], &actions, nullptr, raw.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) throw Error(ErrorCode::Internal, "cannot run " + arguments[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(out)};
}

TemporaryFolder::TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "cardseal-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw_errno(ErrorCode::Internal, "cannot make a folder");
    folder_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, ByteView content) const {
    const FileDescriptor file(open(path(name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) throw_errno(ErrorCode::Internal, "cannot make a file");
    write_all(file.get(), content);
    return path(name);
}

}  // namespace cardseal::cms::test
