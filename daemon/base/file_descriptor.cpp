// SPDX-License-Identifier: LGPL-2.1-or-later
// Owner of a file descriptor, and the few kinds of descriptor that the processes pass among themselves.
#include "base/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>

#include "base/error.hpp"

namespace cardseal {

FileDescriptor::FileDescriptor(int fd) : fd_(fd) {
    if (fd_ >= 0) fcntl(fd_, F_SETFD, FD_CLOEXEC);
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
        close();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

FileDescriptor::~FileDescriptor() { close(); }

void FileDescriptor::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

FileDescriptor FileDescriptor::duplicate() const {
    int copy = fcntl(fd_, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) throw_errno(ErrorCode::Busy, "cannot duplicate a file descriptor");
    return FileDescriptor(copy);
}

static SocketPair make_sockets(int type) {
    int ends[2];
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
        throw_errno(ErrorCode::Busy, "cannot make a socket pair");
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

SocketPair make_packet_sockets() { return make_sockets(SOCK_SEQPACKET); }
SocketPair make_stream_sockets() { return make_sockets(SOCK_STREAM); }

FileDescriptor make_memory_file(const std::string& name) {
    int fd = memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) throw_errno(ErrorCode::Busy, "cannot make a memory file");
    return FileDescriptor(fd);
}

void seal(const FileDescriptor& memory_file) {
    if (fcntl(memory_file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        throw_errno(ErrorCode::Internal, "cannot seal a memory file");
}

void write_all(int fd, ByteView bytes) {
    while (!bytes.empty()) {
        auto written = write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw_errno(ErrorCode::OutputFailed, "cannot write");
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
}

Bytes read_file(const FileDescriptor& file, size_t limit) {
    Bytes content;
    uint8_t buffer[16384];
    for (off_t offset = 0;;) {
        auto count = pread(file.get(), buffer, sizeof buffer, offset);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_errno(ErrorCode::InputFailed, "cannot read");
        if (count == 0) return content;
        if (content.size() + static_cast<size_t>(count) > limit)
            throw Error(ErrorCode::LimitExceeded, "file is larger than " + std::to_string(limit) + " bytes");
        content.insert(content.end(), buffer, buffer + count);
        offset += count;
    }
}

}  // namespace cardseal
