// SPDX-License-Identifier: LGPL-2.1-or-later
// Owner of a file descriptor, and the few kinds of descriptor that the processes pass among themselves.
#pragma once

#include <string>
#include <utility>

#include "base/bytes.hpp"

namespace cardseal {

/// Owns one descriptor; always close-on-exec. Empty when default-made or moved from.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd);
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor();

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release() { return std::exchange(fd_, -1); }
    void close();

    /// A second descriptor for the same open file.
    FileDescriptor duplicate() const;

private:
    int fd_ = -1;
};

struct SocketPair {
    FileDescriptor ours;
    FileDescriptor theirs;
};

/// AF_UNIX SOCK_SEQPACKET (kind of our own channels) or SOCK_STREAM (pinentry) pair.
SocketPair make_packet_sockets();
SocketPair make_stream_sockets();

/// An anonymous file in memory that allows seals; the name shows in /proc only.
FileDescriptor make_memory_file(const std::string& name);
/// Forbids any further change of size or content.
void seal(const FileDescriptor& memory_file);

/// Writes all of it, at the current position; OutputFailed otherwise.
void write_all(int fd, ByteView bytes);
/// The whole content of a regular file or memory file from offset 0; LimitExceeded above `limit` bytes.
Bytes read_file(const FileDescriptor& file, size_t limit);

}  // namespace cardseal
