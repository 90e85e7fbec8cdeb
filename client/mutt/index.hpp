// SPDX-License-Identifier: LGPL-2.1-or-later
// The indexes in which mutt looks up whose key or certificate is under which name: lines of address, name, label,
// issuer, trust and purpose (smime_keys(1)).
#pragma once

#include <string>
#include <vector>

#include "cardseal.hpp"

namespace cardseal::client::mutt {

/// $XDG_CACHE_HOME/cardseal/mutt, with the folders "keys" and "certificates".
std::string index_folder();

/// Writes both indexes. Errors of the daemon, OutputFailed.
void write_indexes(Client& client, const Watch& watch);

/// For each key that can sign and each of its addresses; the name is the key's id.
std::string key_index(const std::vector<Key>& keys);

/// For each address that can be encrypted to; the name is the address, of whose certificates the daemon chooses one.
/// Trust is "t" if a trusted authority vouches for one of them, else "u", and mutt asks before it uses that.
std::string certificate_index(const std::vector<StoredCertificate>& certificates);

}  // namespace cardseal::client::mutt
