// SPDX-License-Identifier: LGPL-2.1-or-later
// The D-Bus edge: our errors become D-Bus errors here, and nothing else gets out of a handler.
#pragma once

#include "sdbus_compat.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "broker/bus_text.hpp"

namespace cardseal::broker {

inline std::string dbus_name_of(ErrorCode code) {
    const auto* entry = find_error(code);
    return std::string((entry ? entry : find_error(ErrorCode::Internal))->dbus_name);
}

inline sdbus::Error dbus_error(const Error& error) {
    return bus::make_error(dbus_name_of(error.code()), bus_text(error.message()));
}

/// Runs a handler. sdbus-c++ 1.2 ends the process for any other exception, 2.x shows its text to the caller.
template <class Function>
auto at_bus_edge(Function function) -> decltype(function()) {
    try {
        return function();
    } catch (const Error& error) {
        throw dbus_error(error);
    } catch (const sdbus::Error&) {
        throw;
    } catch (const std::exception& error) {
        log(Severity::Error, std::string("unexpected failure in a D-Bus handler: ") + error.what());
        throw dbus_error(Error(ErrorCode::Internal, "unexpected failure"));
    }
}

}  // namespace cardseal::broker
