// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether GnuPG has any X.509 certificate at all: where it has none, its gpgsm need not be started to list nothing.
#pragma once

#include <string>
#include <vector>

namespace cardseal::gpgsm {

/// Certain that gpgsm, called with these arguments, has no certificate in its keybox, and so no key that it could use.
/// What is not understood is not certain: another folder, a configuration that may name another place.
bool gpgsm_has_no_certificates(const std::vector<std::string>& arguments);

}  // namespace cardseal::gpgsm
