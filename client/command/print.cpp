// SPDX-License-Identifier: LGPL-2.1-or-later
// Writing answers to the standard streams.
#include "command/print.hpp"

#include <cerrno>

#include "failure.hpp"

namespace cardseal::client {

void print(const std::string& text, FILE* stream) {
    if (std::fwrite(text.data(), 1, text.size(), stream) != text.size() || std::fflush(stream) != 0)
        throw errno_failure(ErrorCode::OutputFailed, "cannot write standard output");
}

}  // namespace cardseal::client
