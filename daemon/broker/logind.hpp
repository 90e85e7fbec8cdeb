// SPDX-License-Identifier: LGPL-2.1-or-later
// Logind: when the person's screen is locked and when the machine is about to sleep, as systemd-logind tells on the
// system bus (org.freedesktop.login1(5)).
//
// What crosses here, and who is believed: the owner of the name org.freedesktop.login1, which only root can be. The
// worst that a false signal does is a PIN to be typed again.
#pragma once

#include "base/file_descriptor.hpp"
#include "broker/bus_connection.hpp"

namespace cardseal::broker {

class Logind {
public:
    struct Events {
        /// Of one of this user's sessions.
        Action screen_locked;
        /// The machine sleeps as soon as `ready` has been called, or some seconds later (InhibitDelayMaxSec).
        std::function<void(const Action& ready)> about_to_sleep;
        Action woke_up;
    };
    /// Without a system bus or a logind nothing is told until there is one on that bus.
    Logind(EventLoop& loop, Events events);
    Logind(const Logind&) = delete;
    Logind& operator=(const Logind&) = delete;

    /// Does sleep wait for us? Then locked screens are told, too.
    bool is_watching() const { return static_cast<bool>(inhibitor_); }

private:
    void subscribe();
    void take_inhibitor();
    void prepare_for_sleep(bool begins);
    void session_locked(const std::string& session);

    Events events_;
    std::unique_ptr<BusConnection> bus_;
    std::unique_ptr<sdbus::IProxy> manager_;
    std::vector<sdbus::Slot> matches_;
    std::map<std::string, std::unique_ptr<sdbus::IProxy>> sessions_;  ///< that were asked for their user
    FileDescriptor inhibitor_;  ///< while it is open the machine waits before it sleeps
};

}  // namespace cardseal::broker
