// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the library's exception from sdbus-c++'s error.
#include "bus_failure.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "failure.hpp"

namespace cardseal::client {

namespace {

// What the bus, libsystemd and sdbus-c++ say when there is no bus, no service, or no answer from it.
constexpr auto unreachable_names = std::to_array<std::string_view>({
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.NoServer",
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.Timeout",
    "org.freedesktop.DBus.Error.TimedOut",
    "org.freedesktop.DBus.Error.Disconnected",
    "org.freedesktop.DBus.Error.FileNotFound",
    "org.freedesktop.DBus.Error.IOError",
});

constexpr auto unreachable_prefixes = std::to_array<std::string_view>({
    "org.freedesktop.DBus.Error.Spawn.",
    "org.freedesktop.systemd1.",
    "System.Error.",
});

bool is_unreachable(std::string_view name) {
    return std::ranges::find(unreachable_names, name) != unreachable_names.end() ||
           std::ranges::any_of(unreachable_prefixes, [&](auto prefix) { return name.starts_with(prefix); });
}

}  // namespace

Error bus_failure(const sdbus::Error& error, const std::string& what) {
    const std::string name = error.getName();
    if (find_error(name)) return Error(name, error.getMessage());
    const auto code = is_unreachable(name) ? ErrorCode::DaemonUnreachable : ErrorCode::Internal;
    return failure(code, what + ": " + (error.getMessage().empty() ? name : error.getMessage()));
}

}  // namespace cardseal::client
