// SPDX-License-Identifier: LGPL-2.1-or-later
// Carries bytes between a terminal or another device and the daemon, which takes files, pipes and sockets only.
#pragma once

#include <atomic>
#include <thread>

#include "command/descriptor.hpp"

namespace cardseal::client {

/// Copies from one descriptor to another in a thread of its own until the source ends or the relay is stopped.
class Relay {
public:
    /// Whether the descriptor is of a kind that the daemon refuses.
    static bool is_needed_for(int descriptor);

    /// From a device to a socket whose other end (`daemon_end()`) the daemon reads, or the other way round.
    enum class Direction { ToDaemon, FromDaemon };

    /// `device` is borrowed.
    Relay(int device, Direction direction);
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    ~Relay();

    int daemon_end() const { return daemon_end_.get(); }

    /// Carries what is already in the socket, then ends. Throws OutputFailed if not everything could be written.
    void finish();

private:
    void run();
    bool copy_some(int source, int sink);
    void stop();

    int device_;
    Direction direction_;
    Descriptor our_end_;
    Descriptor daemon_end_;
    Descriptor stop_event_;
    std::atomic<int> error_{0};
    std::thread thread_;
};

}  // namespace cardseal::client
