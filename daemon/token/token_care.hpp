// SPDX-License-Identifier: LGPL-2.1-or-later
// Looking after a token: keys and certificates put on it (ipc/token_care_messages.hpp).
#pragma once

#include "ipc/token_care_messages.hpp"
#include "token/token.hpp"

namespace cardseal::token {

/// Makes a key pair whose private half never leaves the token. UnsupportedAlgorithm, naming what the token makes;
/// those of write_to.
ipc::KeyFound generate_key(Token& token, const ipc::GenerateKey& request);

/// Puts the key's certificate that is in the file beside the key, and those above it that are in the file too; what the
/// token has already is left alone. NoSuchKey; the errors of read_certificate_file and write_to.
ipc::CertificateStored store_certificate(Token& token, const ipc::StoreCertificate& request);

}  // namespace cardseal::token
