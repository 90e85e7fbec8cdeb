// SPDX-License-Identifier: LGPL-2.1-or-later
// sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13) under one set of names.
#pragma once

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cardseal::bus {

/// The way from sdbus-c++'s message to libsystemd's, for what sdbus-c++ does not offer.
struct RawMessage : sdbus::Message {
    static sd_bus_message* of(const sdbus::Message& message) {
        constexpr auto raw = &RawMessage::msg_;
        return static_cast<sd_bus_message*>(message.*raw);
    }
    /// What a condition on the message says after a read.
    static void set_good(sdbus::Message& message, bool good) {
        constexpr auto state = &RawMessage::ok_;
        message.*state = good;
    }
};

#if __has_include(<sdbus-c++/VTableItems.h>)

using ServiceName = sdbus::ServiceName;
using InterfaceName = sdbus::InterfaceName;
using SignalName = sdbus::SignalName;
using PropertyName = sdbus::PropertyName;
/// First argument of the callback of an asynchronous call: true in a condition if the call failed.
using CallError = std::optional<sdbus::Error>;

inline sdbus::Error make_error(const std::string& name, const std::string& message) {
    return sdbus::Error(sdbus::Error::Name(name), message);
}

/// The message that an object's handler is answering; only while the handler runs.
inline sdbus::Message current_message(const sdbus::IObject& object) { return object.getCurrentlyProcessedMessage(); }

inline bool process_pending(sdbus::IConnection& connection) { return connection.processPendingEvent(); }

/// Must be polled for reading beside PollData::fd; -1: none.
inline int event_descriptor(const sdbus::IConnection::PollData& data) { return data.eventFd; }

template <class Function>
[[nodiscard]] sdbus::Slot add_match(sdbus::IConnection& connection, const std::string& rule, Function function) {
    return connection.addMatch(
        rule, [function](sdbus::Message message) { function(message); }, sdbus::return_slot);
}

#else

using ServiceName = std::string;
using InterfaceName = std::string;
using SignalName = std::string;
using PropertyName = std::string;
using CallError = const sdbus::Error*;

inline sdbus::Error make_error(const std::string& name, const std::string& message) {
    return sdbus::Error(name, message);
}

inline const sdbus::Message& current_message(const sdbus::IObject& object) {
    return *object.getCurrentlyProcessedMessage();
}

inline bool process_pending(sdbus::IConnection& connection) { return connection.processPendingRequest(); }

inline int event_descriptor(const sdbus::IConnection::PollData&) { return -1; }

template <class Function>
[[nodiscard]] sdbus::Slot add_match(sdbus::IConnection& connection, const std::string& rule, Function function) {
    return connection.addMatch(rule, [function](sdbus::Message& message) { function(message); });
}

#endif

/// The unique bus name that sent the message.
inline std::string sender_of(const sdbus::Message& message) {
    const char* sender = sd_bus_message_get_sender(RawMessage::of(message));
    return sender ? sender : "";
}

/// The object that the message is for or, if it is a signal, from.
inline std::string path_of(const sdbus::Message& message) {
    const char* path = sd_bus_message_get_path(RawMessage::of(message));
    return path ? path : "";
}

}  // namespace cardseal::bus

#if !__has_include(<sdbus-c++/VTableItems.h>)

// sdbus-c++ 1.2 marshals byte arrays byte by byte (36 ms for 1 MiB); these overloads copy them whole. They are found by
// argument-dependent look-up, so this header comes before the generated glue.
namespace sdbus {

inline Message& operator<<(Message& message, const std::vector<uint8_t>& bytes) {
    if (sd_bus_message_append_array(cardseal::bus::RawMessage::of(message), 'y', bytes.data(), bytes.size()) < 0)
        throw Error("org.freedesktop.DBus.Error.Failed", "cannot append a byte array");
    return message;
}

inline Message& operator>>(Message& message, std::vector<uint8_t>& bytes) {
    const void* data = nullptr;
    size_t size = 0;
    const int result = sd_bus_message_read_array(cardseal::bus::RawMessage::of(message), 'y', &data, &size);
    if (result < 0) throw Error("org.freedesktop.DBus.Error.InvalidArgs", "cannot read a byte array");
    cardseal::bus::RawMessage::set_good(message, result > 0);
    const auto* first = static_cast<const uint8_t*>(data);
    bytes.assign(first, first + size);
    return message;
}

}  // namespace sdbus

#endif
