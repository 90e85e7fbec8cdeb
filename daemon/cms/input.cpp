// SPDX-License-Identifier: LGPL-2.1-or-later
// Input: bytes from a caller's descriptor, counted and bounded.
#include "cms/input.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include "base/error.hpp"

namespace cardseal::cms {

static uint64_t bytes_left(const FileDescriptor& file) {
    struct stat status {};
    const auto position = lseek(file.get(), 0, SEEK_CUR);
    if (position < 0 || fstat(file.get(), &status) != 0 || status.st_size < position) return 0;
    return static_cast<uint64_t>(status.st_size - position);
}

Input::Input(FileDescriptor file, ipc::InputOrigin origin, InputLimits limits)
    : file_(std::move(file)), kind_(check_foreign_file(file_, FileUse::Read, "input")), limits_(limits) {
    if (origin == ipc::InputOrigin::Private && lseek(file_.get(), 0, SEEK_SET) != 0)
        throw_errno(ErrorCode::Internal, "cannot rewind the input");
    if (kind_ == FileKind::Regular) claimed_size_ = bytes_left(file_);
}

size_t Input::read(std::span<uint8_t> out) {
    size_t filled = 0;
    while (filled < out.size()) {
        const auto count = read_some(out.subspan(filled));
        if (count == 0) break;
        filled += count;
    }
    return filled;
}

size_t Input::read_some(std::span<uint8_t> out) {
    for (;;) {
        if (kind_ != FileKind::Regular && !wait_for(file_, POLLIN, limits_.idle))
            throw Error(ErrorCode::InputTimeout, "cannot read the input: nothing came for too long");
        const auto count = ::read(file_.get(), out.data(), out.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) throw_errno(ErrorCode::InputFailed, "cannot read the input");
        if (bytes_read_ == 0 && count > 0) refuse_kernel_file();
        bytes_read_ += static_cast<uint64_t>(count);
        if (bytes_read_ > limits_.bytes)
            throw Error(ErrorCode::LimitExceeded, "input is larger than " + std::to_string(limits_.bytes) + " bytes");
        return static_cast<size_t>(count);
    }
}

// Files of /proc are regular, give bytes, and still claim to be empty; their content is made up at each read and may
// be about other processes. statfs(2) would say so too, but the sandbox has no need of it otherwise.
void Input::refuse_kernel_file() {
    struct stat status {};
    if (kind_ != FileKind::Regular || fstat(file_.get(), &status) != 0) return;
    if (status.st_size == 0) throw Error(ErrorCode::InvalidArgs, "input: a file that the kernel makes up (/proc)");
}

}  // namespace cardseal::cms
