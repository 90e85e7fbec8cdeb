// SPDX-License-Identifier: LGPL-2.1-or-later
// BusConnection: one connection to the session or the system bus, served by the event loop.
#include "broker/bus_connection.hpp"

#include <sys/epoll.h>
#include <cstring>

#include "base/error.hpp"

namespace cardseal::broker {

namespace {

void check(int result) {
    if (result < 0) throw Error(ErrorCode::Busy, std::string("cannot serve the bus: ") + std::strerror(-result));
}

std::unique_ptr<sdbus::IConnection> connect(BusConnection::Bus bus) {
    const bool system = bus == BusConnection::Bus::System;
    try {
        return system ? sdbus::createSystemBusConnection() : sdbus::createSessionBusConnection();
    } catch (const sdbus::Error& error) {  // the library's error becomes ours
        throw Error(ErrorCode::Internal,
                    std::string("cannot reach the ") + (system ? "system" : "session") + " bus: " + error.getMessage());
    }
}

}  // namespace

BusConnection::BusConnection(EventLoop& loop, Bus bus, Action lost)
    : loop_(loop), lost_(std::move(lost)), connection_(connect(bus)) {
    const auto on_io = [](sd_event_source*, int, uint32_t, void* self) {
        return static_cast<BusConnection*>(self)->serve_guarded();
    };
    const auto on_time = [](sd_event_source*, uint64_t, void* self) {
        return static_cast<BusConnection*>(self)->serve_guarded();
    };
    const auto data = connection_->getEventLoopPollData();
    const auto priority = static_cast<int64_t>(Priority::Bus);
    sd_event_source* source = nullptr;
    check(sd_event_add_io(loop.event(), &source, data.fd, EPOLLIN, on_io, this));
    io_.reset(source);
    check(sd_event_source_set_priority(source, priority));
    check(sd_event_source_set_prepare(source, prepare));
    check(sd_event_add_time(loop.event(), &source, CLOCK_MONOTONIC, UINT64_MAX, 1, on_time, this));
    time_.reset(source);
    check(sd_event_source_set_priority(source, priority));
    if (bus::event_descriptor(data) < 0) return;
    check(sd_event_add_io(loop.event(), &source, bus::event_descriptor(data), EPOLLIN, on_io, this));
    wake_up_.reset(source);
    check(sd_event_source_set_priority(source, priority));
}

void BusConnection::acquire(const std::string& name) {
    try {
        connection_->requestName(bus::ServiceName(name));
    } catch (const sdbus::Error& error) {  // the library's error becomes ours
        throw Error(ErrorCode::Busy, "cannot acquire the bus name " + name + ": " + error.getMessage());
    }
}

int BusConnection::prepare(sd_event_source*, void* self) {
    auto& connection = *static_cast<BusConnection*>(self);
    connection.loop_.guarded([&connection] { connection.arm(); });
    return 0;
}

// What the connection waits for changes with every message: ask before each wait.
void BusConnection::arm() {
    const auto data = connection_->getEventLoopPollData();
    check(sd_event_source_set_io_events(io_.get(), static_cast<uint32_t>(data.events)));
    const int milliseconds = data.getPollTimeout();
    if (milliseconds < 0) {
        check(sd_event_source_set_enabled(time_.get(), SD_EVENT_OFF));
        return;
    }
    check(sd_event_source_set_time_relative(time_.get(), static_cast<uint64_t>(milliseconds) * 1000));
    check(sd_event_source_set_enabled(time_.get(), SD_EVENT_ONESHOT));
}

int BusConnection::serve_guarded() {
    loop_.guarded([this] { serve(); });
    return 0;
}

void BusConnection::serve() {
    try {
        while (bus::process_pending(*connection_)) continue;
    } catch (const sdbus::Error&) {  // the connection is closed: there is nobody left to tell
        io_.reset();
        time_.reset();
        wake_up_.reset();
        lost_();
    }
}

}  // namespace cardseal::broker
