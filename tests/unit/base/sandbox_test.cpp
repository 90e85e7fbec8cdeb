// SPDX-License-Identifier: LGPL-2.1-or-later
// The sandbox refuses what a CMS worker must not do, and lets it do its work.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include "base/error.hpp"
#include "base/file_descriptor.hpp"
#include "base/secret.hpp"
#include "catch.hpp"
#include "sandbox/confinement.hpp"
#include "sandbox/hardening.hpp"
#include "sandbox/process.hpp"

using namespace cardseal;

/// How a child ends that runs `body` inside the filter: its wait status.
template <class Body>
static int status_inside_filter(Body body) {
    auto filter = sandbox::compile_worker_filter();
    const pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        sandbox::enter_filter(filter);
        body();
        _exit(7);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

static bool killed_by_filter(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }

TEST_CASE("sandbox: reading, writing and memory work inside the filter") {
    const int status = status_inside_filter([] {
        auto file = make_memory_file("test");
        write_all(file.get(), bytes_of("content"));
        if (read_file(file, 100).size() != 7) _exit(1);
        Secret secret(100);
    });

    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 7);
}

TEST_CASE("sandbox: opening a file kills the process") {
    REQUIRE(killed_by_filter(status_inside_filter([] { (void)open("/dev/null", O_RDONLY | O_CLOEXEC); })));
}

TEST_CASE("sandbox: a socket, a fork and an exec each kill the process") {
    REQUIRE(killed_by_filter(status_inside_filter([] { (void)socket(AF_UNIX, SOCK_STREAM, 0); })));
    REQUIRE(killed_by_filter(status_inside_filter([] { (void)fork(); })));
    REQUIRE(killed_by_filter(status_inside_filter([] { (void)execl("/bin/true", "true", nullptr); })));
}

TEST_CASE("sandbox: executable memory kills the process") {
    REQUIRE(killed_by_filter(status_inside_filter(
        [] { (void)mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); })));
}

TEST_CASE("sandbox: Landlock refuses a path that could be opened before") {
    const pid_t child = fork();
    if (child == 0) {
        if (open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0) _exit(1);
        sandbox::harden_process();
        if (!sandbox::forbid_paths_and_ports()) _exit(2);
        _exit(open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? 7 : 3);
    }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) {
        WARN("this kernel has no Landlock");
        return;
    }
    REQUIRE(WEXITSTATUS(status) == 7);
}

TEST_CASE("sandbox: a hardened process leaves no core and cannot be read by its user") {
    const pid_t child = fork();
    if (child == 0) {
        const bool before = prctl(PR_GET_DUMPABLE) == 1;
        sandbox::harden_process();
        rlimit core{};
        getrlimit(RLIMIT_CORE, &core);
        _exit(before && prctl(PR_GET_DUMPABLE) == 0 && core.rlim_max == 0 ? 7 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WEXITSTATUS(status) == 7);
}

TEST_CASE("process: a child gets its environment and its channel, and nothing else") {
    auto sockets = make_stream_sockets();
    const auto leak = sockets.ours.duplicate();
    {
        auto process = sandbox::start_process({.program = "/bin/sh",
                                               .arguments = {"-c", "{ env; ls /proc/self/fd; } >&3"},
                                               .environment = {"ONLY=this"},
                                               .channel = sockets.theirs.get()});
        sockets.theirs.close();

        std::string said;
        char buffer[256];
        for (ssize_t size; (size = read(sockets.ours.get(), buffer, sizeof buffer)) > 0;)
            said.append(buffer, static_cast<size_t>(size));

        REQUIRE_THAT(said, ContainsSubstring("ONLY=this"));
        REQUIRE(said.find("HOME=") == std::string::npos);
        // 0, 1, 2, the channel, and the directory that ls itself reads
        REQUIRE_THAT(said, ContainsSubstring("0\n1\n2\n3\n4\n"));
        REQUIRE(said.find("5\n") == std::string::npos);
    }
}

TEST_CASE("process: a program that does not exist is an error that names it") {
    REQUIRE_THROWS_WITH(sandbox::start_process({.program = "/nonexistent/program"}),
                        ContainsSubstring("/nonexistent/program"));
}
