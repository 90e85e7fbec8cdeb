// SPDX-License-Identifier: LGPL-2.1-or-later
// What a descriptor from a caller is, asked without trusting it and without a wait.
#include "cms/foreign_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <algorithm>
#include <cerrno>

#include "base/error.hpp"

namespace cardseal::cms {

static void check_access(const FileDescriptor& file, FileUse use, const std::string& name) {
    const int flags = fcntl(file.get(), F_GETFL);
    if (flags < 0) throw Error(ErrorCode::InvalidArgs, name + ": not an open file");
    if (flags & O_PATH) throw Error(ErrorCode::InvalidArgs, name + ": a path, not an open file");
    const int unusable = use == FileUse::Read ? O_WRONLY : O_RDONLY;
    if ((flags & O_ACCMODE) == unusable)
        throw Error(ErrorCode::InvalidArgs,
                    name + (use == FileUse::Read ? ": not open for reading" : ": not open for writing"));
}

FileKind check_foreign_file(const FileDescriptor& file, FileUse use, const std::string& name) {
    check_access(file, use, name);
    struct stat status {};
    if (fstat(file.get(), &status) != 0) throw Error(ErrorCode::InvalidArgs, name + ": not an open file");
    if (S_ISREG(status.st_mode)) return FileKind::Regular;
    if (S_ISFIFO(status.st_mode)) return FileKind::Pipe;
    if (S_ISSOCK(status.st_mode)) return FileKind::Socket;
    if (S_ISDIR(status.st_mode)) throw Error(ErrorCode::InvalidArgs, name + ": a directory");
    throw Error(ErrorCode::InvalidArgs, name + ": a device");
}

void refuse_same_file(const FileDescriptor& input, const FileDescriptor& output) {
    struct stat in {
    }, out{};
    if (fstat(input.get(), &in) != 0 || fstat(output.get(), &out) != 0) return;
    if (S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
        throw Error(ErrorCode::InvalidArgs, "input and output are the same file");
}

bool wait_for(const FileDescriptor& file, short events, std::chrono::milliseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd entry{file.get(), events, 0};
        const int count = poll(&entry, 1, static_cast<int>(std::max(left, std::chrono::milliseconds(0)).count()));
        if (count > 0) return true;
        if (count == 0) return false;
        if (errno != EINTR) throw_errno(ErrorCode::Internal, "cannot wait for a file");
    }
}

}  // namespace cardseal::cms
