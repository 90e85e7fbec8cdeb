// SPDX-License-Identifier: LGPL-2.1-or-later
// MemoryFile: the content of a call that has it in memory, as a descriptor that the daemon can take.
#pragma once

#include "sdbus_compat.hpp"

// What follows comes after the header above, which overloads how byte arrays are read.
#include <cstdint>
#include <span>
#include <vector>

namespace cardseal::client {

/// Has no name, is closed on exec, and is gone with its owner and those that it was passed to.
class MemoryFile {
public:
    /// Empty, for the daemon to write. OutputFailed if there is no room.
    MemoryFile();
    /// A copy of these bytes for the daemon to read, which nobody can change any more. InputFailed if there is no room.
    static MemoryFile holding(std::span<const uint8_t> bytes);

    int descriptor() const { return file_.get(); }
    /// All that was written. OutputFailed if it cannot be read.
    std::vector<uint8_t> content() const;

private:
    explicit MemoryFile(int descriptor) : file_(descriptor, sdbus::adopt_fd) {}

    sdbus::UnixFd file_;
};

}  // namespace cardseal::client
