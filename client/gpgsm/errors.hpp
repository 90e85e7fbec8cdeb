// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors in the numbers that GnuPG's programs expect (libgpg-error).
#pragma once

#include <gpg-error.h>

#include <string>

#include "cardseal.hpp"

namespace cardseal::gpgsm {

/// An error of gpgsm itself.
gpg_error_t own_error(gpg_err_code_t code);
/// The daemon's error; a PIN that was not given is pinentry's.
gpg_error_t error_of(const client::Error& error);
/// "ERR 50331665 No secret key <GpgSM>"
std::string error_line(gpg_error_t error);
inline std::string error_line(gpg_err_code_t code) { return error_line(own_error(code)); }

}  // namespace cardseal::gpgsm
