// SPDX-License-Identifier: LGPL-2.1-or-later
// The system calls of a CMS worker: a table, compiled by libseccomp.
#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <cstring>

#include "base/error.hpp"
#include "base/file_descriptor.hpp"
#include "base/owned.hpp"
#include "sandbox/confinement.hpp"

namespace cardseal::sandbox {

namespace {

using Filter = Owned<void, seccomp_release>;

constexpr int plain_calls[] = {
    // bytes, on descriptors that it has
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
    SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(ftruncate), SCMP_SYS(close), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
    // memory
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(munlock),
    SCMP_SYS(memfd_create), SCMP_SYS(getrandom), SCMP_SYS(futex),
#ifdef __SANITIZE_ADDRESS__
    SCMP_SYS(pipe2),  // how UBSan finds out whether memory may be read
#endif
    // itself
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_yield),
    SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group)};

constexpr int allowed_fcntl[] = {F_GETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC, F_GET_SEALS, F_ADD_SEALS};

void must(int result) {
    if (result != 0)
        throw Error(ErrorCode::Internal, std::string("cannot build the sandbox: ") + std::strerror(-result));
}

void allow_without_execution(const Filter& filter, int call) {
    must(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(PROT_EXEC), 0)));
}

Filter build() {
    Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (!filter) throw Error(ErrorCode::Internal, "cannot build the sandbox");
    for (int call : plain_calls) must(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0));
    for (int command : allowed_fcntl)
        must(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
                              SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(command))));
    allow_without_execution(filter, SCMP_SYS(mmap));
    allow_without_execution(filter, SCMP_SYS(mprotect));
    // glibc's fstat() is newfstatat(fd, "", AT_EMPTY_PATH). A path given with that flag tells sizes and times, no more:
    // seccomp cannot see the string, and Landlock does not cover stat.
    must(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                          SCMP_A3(SCMP_CMP_EQ, static_cast<scmp_datum_t>(AT_EMPTY_PATH))));
    return filter;
}

}  // namespace

std::vector<sock_filter> compile_worker_filter() {
    const auto filter = build();
    const auto file = make_memory_file("filter");
    must(seccomp_export_bpf(filter.get(), file.get()));
    const auto bytes = read_file(file, 64 * 1024);
    std::vector<sock_filter> program(bytes.size() / sizeof(sock_filter));
    std::memcpy(program.data(), bytes.data(), program.size() * sizeof(sock_filter));
    return program;
}

void enter_filter(std::vector<sock_filter>& filter) {
    sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        throw_errno(ErrorCode::Internal, "cannot enter the sandbox");
}

}  // namespace cardseal::sandbox
