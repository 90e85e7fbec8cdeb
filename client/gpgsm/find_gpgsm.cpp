// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the gpgsm of GnuPG is.
#include "gpgsm/find_gpgsm.hpp"

#include <cstdlib>

#include "command/program_path.hpp"

namespace cardseal::gpgsm {

std::optional<std::string> find_real_gpgsm() {
    if (const char* named = std::getenv("CARDSEAL_GPGSM")) return *named ? std::optional(named) : std::nullopt;
    return client::find_program("gpgsm",
                                [](const auto& path) { return !client::is_same_file(path, "/proc/self/exe"); });
}

}  // namespace cardseal::gpgsm
