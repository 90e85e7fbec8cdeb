// SPDX-License-Identifier: LGPL-2.1-or-later
// Channel: one end of a SOCK_SEQPACKET pair that carries packets between two of our processes.
#include "ipc/channel.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/secret.hpp"

namespace cardseal::ipc {

Packet::~Packet() { wipe(payload); }

Channel::Channel(FileDescriptor socket) : socket_(std::move(socket)) {}

namespace {

using ControlBuffer = std::array<char, CMSG_SPACE(sizeof(int) * max_descriptors)>;

void attach_descriptors(msghdr& message, ControlBuffer& buffer, std::span<const int> descriptors) {
    if (descriptors.empty()) return;
    const auto size = descriptors.size_bytes();
    message.msg_control = buffer.data();
    message.msg_controllen = CMSG_SPACE(size);
    auto* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(control), descriptors.data(), size);
}

std::vector<FileDescriptor> detach_descriptors(msghdr& message) {
    std::vector<FileDescriptor> descriptors;
    for (auto* control = CMSG_FIRSTHDR(&message); control; control = CMSG_NXTHDR(&message, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
        const auto count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; ++i) {
            int fd;
            std::memcpy(&fd, CMSG_DATA(control) + i * sizeof fd, sizeof fd);
            descriptors.emplace_back(fd);
        }
    }
    return descriptors;
}

}  // namespace

SendResult Channel::send(const Header& header, ByteView payload, std::span<const int> descriptors,
                         Waiting waiting) const {
    if (descriptors.size() > max_descriptors) throw Error(ErrorCode::Internal, "too many descriptors in a packet");
    auto start = encode(header);
    iovec parts[] = {{start.data(), start.size()}, {const_cast<uint8_t*>(payload.data()), payload.size()}};
    alignas(cmsghdr) ControlBuffer buffer{};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    attach_descriptors(message, buffer, descriptors);
    const int flags = MSG_NOSIGNAL | (waiting == Waiting::Never ? MSG_DONTWAIT : 0);
    for (;;) {
        if (sendmsg(socket_.get(), &message, flags) >= 0) return SendResult::Sent;
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return SendResult::WouldBlock;
        if (errno == EPIPE || errno == ECONNRESET) return SendResult::PeerGone;
        throw_errno(ErrorCode::Internal, "cannot send to a worker");
    }
}

std::optional<Packet> Channel::receive(Waiting waiting, NoPacket& reason) const {
    thread_local Bytes data(header_size + max_packet);
    iovec part{data.data(), data.size()};
    alignas(cmsghdr) ControlBuffer buffer{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = buffer.data();
    message.msg_controllen = buffer.size();
    ssize_t size;
    do size = recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC | (waiting == Waiting::Never ? MSG_DONTWAIT : 0));
    while (size < 0 && errno == EINTR);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        reason = NoPacket::WouldBlock;
        return std::nullopt;
    }
    if (size <= 0) {
        reason = NoPacket::PeerGone;
        return std::nullopt;
    }
    Packet packet;
    packet.descriptors = detach_descriptors(message);
    const std::span<uint8_t> received(data.data(), static_cast<size_t>(size));
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || received.size() < header_size)
        throw Error(ErrorCode::Internal, "malformed internal message");
    packet.header = decode<Header>(received.first(header_size));
    if (packet.header.version != protocol_version) throw Error(ErrorCode::Internal, "malformed internal message");
    packet.payload = to_bytes(received.subspan(header_size));
    wipe(received);
    return packet;
}

}  // namespace cardseal::ipc
