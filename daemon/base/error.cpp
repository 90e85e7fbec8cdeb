// SPDX-License-Identifier: LGPL-2.1-or-later
// The one place where errno becomes one of our errors.
#include "base/error.hpp"

#include <cerrno>
#include <cstring>

namespace cardseal {

void throw_errno(ErrorCode code, const std::string& what) { throw Error(code, what + ": " + std::strerror(errno)); }

}  // namespace cardseal
