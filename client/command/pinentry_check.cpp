// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the daemon's pinentry can be started, and what kind it is.
#include "command/pinentry_check.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <sstream>
#include <string_view>

#include "command/descriptor.hpp"

extern char** environ;

namespace cardseal::client {

namespace {

constexpr std::chrono::seconds patience{5};
constexpr size_t longest_answer = 64 * 1024;
constexpr std::string_view questions = "GETINFO flavor\nBYE\n";

/// Ends the program when it goes out of scope.
class Program {
public:
    Program(const std::string& path, int standard_stream) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, standard_stream, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, standard_stream, STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        std::string name = path;
        std::array<char*, 2> arguments{name.data(), nullptr};
        error_ = posix_spawn(&pid_, path.c_str(), &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() {
        if (error_) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    /// errno's number, or 0 if it runs.
    int error() const { return error_; }

private:
    pid_t pid_ = -1;
    int error_ = 0;
};

/// All that it says until it hangs up, or what it has said when patience ends.
std::string read_answer(int socket) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::string answer;
    std::array<char, 1024> buffer;
    while (answer.size() < longest_answer) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        pollfd waiting{socket, POLLIN, 0};
        if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) <= 0) break;
        const auto count = read(socket, buffer.data(), buffer.size());
        if (count <= 0) break;
        answer.append(buffer.data(), static_cast<size_t>(count));
    }
    return answer;
}

}  // namespace

PinentryCheck check_pinentry(const std::string& path) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return {std::strerror(errno), {}};
    const Descriptor ours(ends[0]);
    Descriptor theirs(ends[1]);
    const Program program(path, theirs.get());
    if (program.error()) return {std::strerror(program.error()), {}};
    theirs.close();
    (void)!send(ours.get(), questions.data(), questions.size(), MSG_NOSIGNAL);
    std::istringstream answer(read_answer(ours.get()));
    PinentryCheck check{"it does not speak pinentry's protocol", {}};
    for (std::string line; std::getline(answer, line);) {
        if (line.starts_with("OK")) check.failure.clear();
        if (line.starts_with("D ")) check.flavor = line.substr(2);
    }
    return check;
}

}  // namespace cardseal::client
