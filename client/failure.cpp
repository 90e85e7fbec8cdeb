// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the library's exception from a code of the error table, and from errno.
#include "failure.hpp"

#include <cerrno>
#include <cstring>

namespace cardseal::client {

Error failure(ErrorCode code, const std::string& message) {
    return Error(std::string(find_error(code)->dbus_name), message);
}

Error errno_failure(ErrorCode code, const std::string& what) {
    return failure(code, what + ": " + std::strerror(errno));
}

}  // namespace cardseal::client
