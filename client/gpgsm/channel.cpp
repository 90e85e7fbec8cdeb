// SPDX-License-Identifier: LGPL-2.1-or-later
// One end of an Assuan connection: lines over a socket or two pipes, and descriptors that come with them.
#include "gpgsm/channel.hpp"

#include <poll.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace cardseal::gpgsm {

namespace {

// An operation has three; more wait only where a program sends them and never says what they are.
constexpr size_t waiting_limit = 8;

/// Whether `in` can be read (or has ended); false when the one who reads from `reader` left first.
bool wait_for(int in, int reader) {
    std::array<pollfd, 2> ends{{{in, POLLIN, 0}, {reader, 0, 0}}};
    while (poll(ends.data(), ends.size(), -1) < 0 && errno == EINTR) {
    }
    return ends[0].revents != 0;
}

}  // namespace

std::optional<Line> Channel::read_line(int reader) {
    while (true) {
        if (auto line = lines_.next()) return line;
        if (!wait_for(in_, reader) || !receive()) return {};
    }
}

Descriptor Channel::take_descriptor() {
    if (descriptors_.empty()) return {};
    auto first = std::move(descriptors_.front());
    descriptors_.pop_front();
    return first;
}

bool Channel::receive() {
    std::array<char, 4096> buffer;
    iovec bytes{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(16 * sizeof(int))> control;
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto size = recvmsg(in_, &message, MSG_CMSG_CLOEXEC);
    if (size < 0 && errno == ENOTSOCK) {
        size = read(in_, buffer.data(), buffer.size());
        message.msg_controllen = 0;
    }
    if (size < 0 && errno == EINTR) return true;
    if (size <= 0) return false;
    keep_descriptors(message);
    lines_.add({buffer.data(), static_cast<size_t>(size)});
    return true;
}

void Channel::keep_descriptors(msghdr& message) {
    for (auto* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        for (size_t offset = 0; CMSG_LEN(offset + sizeof(int)) <= part->cmsg_len; offset += sizeof(int)) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + offset, sizeof number);
            Descriptor descriptor(number);
            if (descriptors_.size() < waiting_limit) descriptors_.push_back(std::move(descriptor));
        }
    }
}

void Channel::write(std::string_view lines) {
    while (!broken_ && !lines.empty()) {
        auto size = send(out_, lines.data(), lines.size(), MSG_NOSIGNAL);
        if (size < 0 && errno == ENOTSOCK) size = ::write(out_, lines.data(), lines.size());
        if (size > 0) lines.remove_prefix(static_cast<size_t>(size));
        broken_ = size < 0 && errno != EINTR;
    }
}

void Channel::write_line_with(std::string_view text, int descriptor) {
    std::string line = std::string(text) + "\n";
    iovec bytes{line.data(), line.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    // A line is far smaller than a socket's buffer, and the other end is waiting for it.
    if (!broken_) broken_ = sendmsg(out_, &message, MSG_NOSIGNAL) != static_cast<ssize_t>(line.size());
}

}  // namespace cardseal::gpgsm
