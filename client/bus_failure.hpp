// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the library's exception from sdbus-c++'s error.
#pragma once

#include <string>

#include "cardseal/error.hpp"

namespace sdbus {
class Error;
}

namespace cardseal::client {

/// The daemon's own errors keep their names; those that the bus makes because it cannot reach the daemon become
/// DaemonUnreachable, with what was being done in front.
Error bus_failure(const sdbus::Error& error, const std::string& what);

}  // namespace cardseal::client
