// SPDX-License-Identifier: LGPL-2.1-or-later
// The sandbox of CMS workers: no file, no network, no exec, no new process; only the descriptors they were given.
#pragma once

#include <linux/filter.h>
#include <vector>

namespace cardseal::sandbox {

/// The version of Landlock's ABI that the kernel has (landlock(7)); 0 if it has none.
long landlock_abi();

/// Forbids every path and every TCP port for this process and its children, where the kernel has Landlock.
/// False where it has not.
bool forbid_paths_and_ports();

/// Caps memory and descriptors of this process and its children.
void limit_resources();

/// The system calls of a CMS worker, as a compiled filter; any other kills the process. Made once, before forks.
std::vector<sock_filter> compile_worker_filter();

/// Puts the filter on this process, for good.
void enter_filter(std::vector<sock_filter>& filter);

}  // namespace cardseal::sandbox
