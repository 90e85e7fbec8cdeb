// SPDX-License-Identifier: LGPL-2.1-or-later
// The library's connection to the session bus: waits for it, and watches who owns the daemon's name.
#include "connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace cardseal::client {

namespace {

// Each name is that of its interface, too.
constexpr auto programs_name = "org.cardseal.Cardseal1";
constexpr auto programs_path = "/org/cardseal/Cardseal1";
constexpr auto control_name = "org.cardseal.CardsealControl1";
constexpr auto control_path = "/org/cardseal/CardsealControl1";

std::unique_ptr<sdbus::IConnection> connect() {
    try {
        return sdbus::createSessionBusConnection();
    } catch (const sdbus::Error& error) {  // sdbus-c++'s error becomes ours
        throw failure(ErrorCode::DaemonUnreachable, "cannot connect to the session bus: " + error.getMessage());
    }
}

bool process_one(sdbus::IConnection& connection) {
    try {
        return bus::process_pending(connection);
    } catch (const sdbus::Error& error) {  // sdbus-c++'s error becomes ours
        throw failure(ErrorCode::DaemonUnreachable, "lost the session bus: " + error.getMessage());
    }
}

int milliseconds_until(const Deadline& deadline) {
    if (!deadline) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
}

int sooner(int first, int second) {
    if (first < 0) return second;
    return second < 0 ? first : std::min(first, second);
}

}  // namespace

Connection::Connection()
    : bus_(connect()),
      programs_(sdbus::createProxy(*bus_, bus::ServiceName(programs_name), sdbus::ObjectPath(programs_path))),
      control_(sdbus::createProxy(*bus_, bus::ServiceName(control_name), sdbus::ObjectPath(control_path))),
      owner_watch_(bus::add_match(*bus_,
                                  "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
                                  "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" +
                                      std::string(programs_name) + "'",
                                  [this](sdbus::Message& message) {
                                      std::string name, old_owner;
                                      message >> name >> old_owner;
                                      if (!old_owner.empty()) daemon_lost_ = true;
                                  })) {}

Turn Connection::turn(int cancel_descriptor, const Deadline& deadline) {
    if (process_one(*bus_)) return Turn::Handled;

    const auto data = bus_->getEventLoopPollData();
    const auto limit = milliseconds_until(deadline);
    std::array<pollfd, 3> descriptors{
        {{data.fd, data.events, 0}, {bus::event_descriptor(data), POLLIN, 0}, {cancel_descriptor, POLLIN, 0}}};
    const auto ready = poll(descriptors.data(), descriptors.size(), sooner(data.getPollTimeout(), limit));
    if (ready < 0 && errno != EINTR) throw errno_failure(ErrorCode::Internal, "cannot wait for the session bus");
    if (ready > 0 && descriptors[2].revents & POLLNVAL)
        throw failure(ErrorCode::InvalidArgs, "the cancel descriptor is not open");
    if (ready > 0 && descriptors[2].revents != 0) return Turn::Cancelled;
    return milliseconds_until(deadline) == 0 ? Turn::TimedOut : Turn::Handled;
}

void Connection::start_afresh() {
    while (process_one(*bus_)) {
    }
    daemon_lost_ = false;
}

bus::ServiceName Connection::name_of(Service service) { return bus::ServiceName(interface_of(service)); }

const char* Connection::interface_of(Service service) {
    return service == Service::Control ? control_name : programs_name;
}

sdbus::ObjectPath Connection::job_path(Service service, const std::string& handle_token) const {
    std::string caller = bus_->getUniqueName();
    caller.erase(0, 1);
    std::ranges::replace(caller, '.', '_');
    const std::string parent = service == Service::Control ? control_path : programs_path;
    return sdbus::ObjectPath(parent + "/job/" + caller + "/" + handle_token);
}

}  // namespace cardseal::client
