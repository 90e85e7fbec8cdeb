// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the library's exception from a code of the error table, and from errno.
#pragma once

#include <string>

#include "cardseal/error.hpp"
#include "error_table.hpp"

namespace cardseal::client {

Error failure(ErrorCode code, const std::string& message);

/// "what: strerror(errno)"
Error errno_failure(ErrorCode code, const std::string& what);

}  // namespace cardseal::client
