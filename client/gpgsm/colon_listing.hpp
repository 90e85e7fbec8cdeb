// SPDX-License-Identifier: LGPL-2.1-or-later
// Colon-separated key listings (GnuPG's doc/DETAILS): ours written, and put together with those of the real gpgsm.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gpgsm/key_ring.hpp"

namespace cardseal::gpgsm {

/// Whether records say by "+" that there is a secret key (OPTION with-secret).
enum class SecretMark { None, Shown };

std::string describe(const Entry& entry, SecretMark mark);

/// Of the certificates in a listing.
std::vector<std::string> fingerprints_in(std::string_view listing);

/// Ours, then what gpgsm listed and is not among ours. Of one that both have, gpgsm's verdict on its validity stays
/// where the daemon has none.
std::string merge(std::vector<Entry> ours, SecretMark mark, std::string_view listed_by_gpgsm);

}  // namespace cardseal::gpgsm
