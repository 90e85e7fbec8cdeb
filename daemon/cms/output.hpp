// SPDX-License-Identifier: LGPL-2.1-or-later
// Output: a buffered sink into a caller's descriptor.
#pragma once

#include <chrono>

#include "base/secret.hpp"
#include "cms/foreign_file.hpp"
#include "cms/sink.hpp"

namespace cardseal::cms {

struct OutputLimits {
    std::chrono::milliseconds idle{60'000};  ///< that a reader may take to make room; OutputFailed beyond
};

/// Writes to a regular file, memory file, pipe or socket, blocking or not, from its current position. SIGPIPE must be
/// ignored. What is buffered when it goes without finish() is never written.
class Output final : public Sink {
public:
    /// InvalidArgs if it is anything else, or not open for writing.
    explicit Output(FileDescriptor file, OutputLimits limits = {});
    ~Output() override;
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// OutputFailed with the system's reason.
    void write(ByteView bytes) override;
    /// Writes what is buffered; call it once, last.
    void finish();

    /// Handed to write() so far.
    uint64_t bytes_written() const { return bytes_written_; }

private:
    void write_out(ByteView bytes);
    ssize_t write_some(ByteView bytes);
    void wait_for_room();

    FileDescriptor file_;
    FileKind kind_;
    OutputLimits limits_;
    Bytes buffer_;
    uint64_t bytes_written_ = 0;
};

}  // namespace cardseal::cms
