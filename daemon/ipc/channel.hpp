// SPDX-License-Identifier: LGPL-2.1-or-later
// Channel: one end of a SOCK_SEQPACKET pair that carries packets between two of our processes.
#pragma once

#include <optional>

#include "ipc/packet.hpp"

namespace cardseal::ipc {

enum class Waiting { Block, Never };
enum class SendResult { Sent, WouldBlock, PeerGone };

/// What `receive` found when there was no packet.
enum class NoPacket { WouldBlock, PeerGone };

/// Sending is safe from several threads; receiving belongs to one.
class Channel {
public:
    explicit Channel(FileDescriptor socket);

    int descriptor() const { return socket_.get(); }

    SendResult send(const Header& header, ByteView payload, std::span<const int> descriptors, Waiting waiting) const;

    /// A whole packet, or why there is none. Error(Internal) for a malformed one.
    std::optional<Packet> receive(Waiting waiting, NoPacket& reason) const;

private:
    FileDescriptor socket_;
};

/// A worker's channel is inherited at this number.
inline constexpr int inherited_channel = 3;

}  // namespace cardseal::ipc
