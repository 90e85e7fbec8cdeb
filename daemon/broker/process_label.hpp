// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person is shown of a process: its program's name and its number.
//
// What crosses here: names that the processes of the same user can forge. They are for people; nothing depends on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cardseal::broker {

/// "mutt [4711]"
std::string process_label(uint32_t process);

/// The label of the process that a pidfd (pidfd_open(2)) refers to, whatever its number has become since; empty if it
/// has ended, cannot be seen from here, or is another user's. Nothing if the descriptor is no pidfd.
std::optional<std::string> label_behind(int pidfd);

}  // namespace cardseal::broker
