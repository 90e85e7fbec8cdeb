// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the library's exception from a code of the error table, from errno, and from sdbus-c++'s error.
#pragma once

#include <string>

#include "cardseal.hpp"
#include "error_table.hpp"

namespace sdbus {
class Error;
}

namespace cardseal::client {

Error failure(ErrorCode code, const std::string& message);

/// "what: strerror(errno)"
Error errno_failure(ErrorCode code, const std::string& what);

/// The daemon's own errors keep their names; those that the bus makes because it cannot reach the daemon become
/// DaemonUnreachable, with what was being done in front.
Error bus_failure(const sdbus::Error& error, const std::string& what);

}  // namespace cardseal::client
