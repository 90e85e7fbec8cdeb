// SPDX-License-Identifier: LGPL-2.1-or-later
// ScratchFile: bytes between two jobs of the daemon, in a file that has no name and is gone with its owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "command/descriptor.hpp"

namespace cardseal::client {

/// What `source`, of any kind, gives from its position to its end. InputFailed.
std::string text_of(int source);

class ScratchFile {
public:
    enum class Place { Memory, Disk };

    /// In memory, or in `folder` on disk for what may be large. OutputFailed if it cannot be made.
    ScratchFile(Place place, const std::string& folder);
    /// What `source`, of any kind, gives from its position to its end, on disk. InputFailed.
    static ScratchFile copy_of(int source, const std::string& folder);
    /// These bytes, in memory, to be read from their start.
    static ScratchFile holding(std::string_view bytes);

    int descriptor() const { return file_.get(); }
    /// Writes all of it to `sink` and gives its size. OutputFailed.
    uint64_t copy_to(int sink) const;
    /// All of it. InputFailed.
    std::string text() const;

private:
    Descriptor file_;
};

}  // namespace cardseal::client
