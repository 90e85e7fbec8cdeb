// SPDX-License-Identifier: LGPL-2.1-or-later
// The sandbox of CMS workers: Landlock and resource limits.
#include "sandbox/confinement.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdint>

#include "base/error.hpp"
#include "base/file_descriptor.hpp"

namespace cardseal::sandbox {

namespace {

// linux/landlock.h of Debian 12 is older than the kernels it runs on, so the ABI's values stand here (landlock(7)).
struct RulesetAttributes {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

constexpr uint32_t create_ruleset_version = 1;
constexpr uint64_t bits(unsigned count) { return (uint64_t{1} << count) - 1; }

/// Everything that the running kernel's ABI can forbid.
RulesetAttributes everything(long abi) {
    constexpr std::array<unsigned, 6> fs_rights = {0, 13, 14, 15, 15, 16};  // by ABI version
    const auto known = fs_rights[static_cast<size_t>(std::clamp(abi, 0L, 5L))];
    return {bits(known), abi >= 4 ? bits(2) : 0, abi >= 6 ? bits(2) : 0};
}

}  // namespace

long landlock_abi() {
    return std::max(0L, syscall(SYS_landlock_create_ruleset, nullptr, 0, create_ruleset_version));
}

bool forbid_paths_and_ports() {
    const long abi = landlock_abi();
    if (abi == 0) return false;
    auto attributes = everything(abi);
    const size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    const FileDescriptor ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
    if (!ruleset || syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
        throw_errno(ErrorCode::Internal, "cannot enter the sandbox");
    return true;
}

void limit_resources() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr rlim_t memory = RLIM_INFINITY;  // sanitizers reserve terabytes of address space
#else
    constexpr rlim_t memory = 256u << 20;
#endif
    const rlimit address_space{memory, memory};
    const rlimit descriptors{64, 64};
    if (setrlimit(RLIMIT_AS, &address_space) != 0 || setrlimit(RLIMIT_NOFILE, &descriptors) != 0)
        throw_errno(ErrorCode::Internal, "cannot limit resources");
}

}  // namespace cardseal::sandbox
