// SPDX-License-Identifier: LGPL-2.1-or-later
// Output: a buffered sink into a caller's descriptor.
#include "cms/output.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>

#include "base/error.hpp"

namespace cardseal::cms {

static constexpr size_t buffer_size = 64 * 1024;

Output::Output(FileDescriptor file, OutputLimits limits)
    : file_(std::move(file)), kind_(check_foreign_file(file_, FileUse::Write, "output")), limits_(limits) {
    buffer_.reserve(buffer_size);
}

Output::~Output() { wipe(buffer_); }

void Output::write(ByteView bytes) {
    bytes_written_ += bytes.size();
    while (!bytes.empty()) {
        if (buffer_.empty() && bytes.size() >= buffer_size) return write_out(bytes);
        const auto piece = bytes.first(std::min(bytes.size(), buffer_size - buffer_.size()));
        buffer_.insert(buffer_.end(), piece.begin(), piece.end());
        bytes = bytes.subspan(piece.size());
        if (buffer_.size() == buffer_size) finish();
    }
}

void Output::finish() {
    write_out(buffer_);
    wipe(buffer_);
    buffer_.clear();
}

void Output::write_out(ByteView bytes) {
    while (!bytes.empty()) {
        if (kind_ == FileKind::Pipe) wait_for_room();
        const auto count = write_some(bytes);
        if (count >= 0)
            bytes = bytes.subspan(static_cast<size_t>(count));
        else if (errno == EAGAIN)
            wait_for_room();
        else if (errno != EINTR)
            throw_errno(ErrorCode::OutputFailed, "cannot write the output");
    }
}

ssize_t Output::write_some(ByteView bytes) {
    if (kind_ == FileKind::Socket) {
        iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        return sendmsg(file_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    // A blocking pipe that poll(2) calls writable takes PIPE_BUF bytes at once; more could block for ever.
    const auto size = kind_ == FileKind::Pipe ? std::min<size_t>(bytes.size(), PIPE_BUF) : bytes.size();
    return ::write(file_.get(), bytes.data(), size);
}

void Output::wait_for_room() {
    if (!wait_for(file_, POLLOUT, limits_.idle))
        throw Error(ErrorCode::OutputFailed, "cannot write the output: the reader took nothing for too long");
}

}  // namespace cardseal::cms
