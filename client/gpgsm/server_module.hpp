// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-gpgsm calls in its server's module.
#pragma once

namespace cardseal::gpgsm {

inline constexpr int failed = 2;  ///< exit status, gpgsm's own

/// The function below, by its name.
inline constexpr auto serve_symbol = "cardseal_gpgsm_serve";
using Serve = int(int argument_count, char** arguments);

}  // namespace cardseal::gpgsm

/// Serves the program at the other end of the connection until it leaves; the exit status. Throws nothing.
extern "C" [[gnu::visibility("default")]] cardseal::gpgsm::Serve cardseal_gpgsm_serve;
