// SPDX-License-Identifier: LGPL-2.1-or-later
// Input: bytes from a caller's descriptor, counted and bounded.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "cms/foreign_file.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

struct InputLimits {
    uint64_t bytes = uint64_t{64} << 30;     ///< read at most; LimitExceeded beyond
    std::chrono::milliseconds idle{60'000};  ///< without a byte; InputTimeout beyond
};

/// Reads a regular file, memory file, pipe or socket from its current position (a Private file from its start) to its
/// end. The size that the file claims is shown to people and otherwise not believed.
class Input {
public:
    /// InvalidArgs if it is anything else, or not open for reading.
    Input(FileDescriptor file, ipc::InputOrigin origin, InputLimits limits = {});

    /// Fills `out` from its start; fewer bytes than its size only at the end of the input.
    /// InputFailed, InputTimeout, LimitExceeded; InvalidArgs for a file of /proc.
    size_t read(std::span<uint8_t> out);

    uint64_t bytes_read() const { return bytes_read_; }
    /// As claimed; 0 if not known. For progress only.
    uint64_t claimed_size() const { return claimed_size_; }

private:
    size_t read_some(std::span<uint8_t> out);
    void refuse_kernel_file();

    FileDescriptor file_;
    FileKind kind_;
    InputLimits limits_;
    uint64_t bytes_read_ = 0;
    uint64_t claimed_size_ = 0;
};

}  // namespace cardseal::cms
