// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the gpgsm of GnuPG is.
#pragma once

#include <optional>
#include <string>

namespace cardseal::gpgsm {

/// $CARDSEAL_GPGSM, or the first gpgsm in PATH (then in the usual folders) that is not this program.
std::optional<std::string> find_real_gpgsm();

}  // namespace cardseal::gpgsm
