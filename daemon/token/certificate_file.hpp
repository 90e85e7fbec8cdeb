// SPDX-License-Identifier: LGPL-2.1-or-later
// The certificates in a file that an authority has sent to the owner of a key.
//
// What crosses here, and who is believed: the file may come from anywhere. OpenSSL reads its certificates, within caps;
// only those that are of a key on the token, and those above them, go any further.
#pragma once

#include <vector>

#include "ipc/identifiers.hpp"
#include "token/openssl.hpp"

namespace cardseal::token {

/// PEM with one or more certificates, or one in DER. BadMessage if there is none in it, or one cannot be read;
/// LimitExceeded for more than ipc::max_own_certificates, or one larger than ipc::max_certificate.
std::vector<Certificate> read_certificate_file(ByteView file);

/// The keys that they are for, each once; those of authorities are left out.
std::vector<KeyId> keys_of(const std::vector<Certificate>& certificates);

}  // namespace cardseal::token
