// SPDX-License-Identifier: LGPL-2.1-or-later
// The public keys that a token tells of outside certificates: those of keys that have no certificate yet.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipc/token_messages.hpp"
#include "token/certificates.hpp"
#include "token/private_key_objects.hpp"

namespace cardseal::token {

struct PublicKeyObject {
    Bytes id;  ///< CKA_ID; joins it with its private key
    std::string label;
    PublicKey key;
};

/// What is known of a key before it has a certificate; empty for a key type that we do not use.
std::optional<ipc::KeyFound> uncertified_key(const TokenId& token, const PublicKeyObject& object);

/// CKR_OK and the public key in this object, or nothing if it is of no use to us.
CK_RV read_public_key(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                      std::vector<PublicKeyObject>& found);

/// Those of the public-key objects; and, where a private key has neither such an object nor a certificate, what it says
/// of its public half itself. One call for each object beside the search.
CK_RV find_public_keys(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                       const std::vector<PrivateKeyObject>& private_keys,
                       const std::vector<FoundCertificate>& certificates, std::vector<PublicKeyObject>& found);

}  // namespace cardseal::token
