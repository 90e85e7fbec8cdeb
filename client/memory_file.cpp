// SPDX-License-Identifier: LGPL-2.1-or-later
// MemoryFile: the content of a call that has it in memory, as a descriptor that the daemon can take.
#include "memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr int sealed = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

int make_file(ErrorCode code) {
    const int descriptor = memfd_create("cardseal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) throw errno_failure(code, "cannot keep content in memory");
    return descriptor;
}

/// Moves all bytes with `move`, which is pread or pwrite: the position, which the daemon shares, stays at the start.
template <class Byte>
void move_all(std::span<Byte> bytes, ErrorCode code, const auto& move) {
    for (size_t done = 0; done < bytes.size();) {
        const auto rest = bytes.subspan(done);
        const auto moved = move(rest.data(), rest.size(), static_cast<off_t>(done));
        if (moved < 0 && errno == EINTR) continue;
        if (moved <= 0) throw errno_failure(code, "cannot keep content in memory");
        done += static_cast<size_t>(moved);
    }
}

}  // namespace

MemoryFile::MemoryFile() : MemoryFile(make_file(ErrorCode::OutputFailed)) {}

MemoryFile MemoryFile::holding(std::span<const uint8_t> bytes) {
    MemoryFile file(make_file(ErrorCode::InputFailed));
    const auto write = [&](auto... arguments) { return pwrite(file.descriptor(), arguments...); };
    move_all(bytes, ErrorCode::InputFailed, write);
    if (fcntl(file.descriptor(), F_ADD_SEALS, sealed) != 0)
        throw errno_failure(ErrorCode::InputFailed, "cannot seal content in memory");
    return file;
}

std::vector<uint8_t> MemoryFile::content() const {
    struct stat status {};
    if (fstat(descriptor(), &status) != 0)
        throw errno_failure(ErrorCode::OutputFailed, "cannot read content in memory");
    std::vector<uint8_t> bytes(static_cast<size_t>(status.st_size));
    const auto read = [&](auto... arguments) { return pread(descriptor(), arguments...); };
    move_all(std::span(bytes), ErrorCode::OutputFailed, read);
    return bytes;
}

}  // namespace cardseal::client
