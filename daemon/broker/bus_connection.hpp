// SPDX-License-Identifier: LGPL-2.1-or-later
// BusConnection: one connection to the session or the system bus, served by the event loop.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/event_loop.hpp"

namespace cardseal::broker {

class BusConnection {
public:
    enum class Bus { Session, System };
    /// `lost` runs once if the bus goes away.
    BusConnection(EventLoop& loop, Bus bus, Action lost);
    BusConnection(const BusConnection&) = delete;
    BusConnection& operator=(const BusConnection&) = delete;

    sdbus::IConnection& get() { return *connection_; }
    /// Busy if another process has the name.
    void acquire(const std::string& name);

private:
    static int prepare(sd_event_source* source, void* self);
    void arm();
    int serve_guarded();
    void serve();

    EventLoop& loop_;
    Action lost_;
    std::unique_ptr<sdbus::IConnection> connection_;
    Owned<sd_event_source, sd_event_source_disable_unref> io_, wake_up_, time_;
};

}  // namespace cardseal::broker
