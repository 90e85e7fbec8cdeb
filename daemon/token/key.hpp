// SPDX-License-Identifier: LGPL-2.1-or-later
// Key: a private key as this process knows it: by its certificate's public key and the id of its object.
#pragma once

#include "ipc/token_messages.hpp"
#include "token/openssl.hpp"

namespace cardseal::token {

struct Key {
    KeyId id;
    KeyType type;
    Bytes object_id;       ///< CKA_ID of certificate and private key
    PublicKey public_key;  ///< of the certificate, parsed once; safe to read from several threads
    std::string curve;     ///< of an EC key

    /// Bytes of an RSA modulus.
    size_t modulus_size() const { return (static_cast<size_t>(EVP_PKEY_get_bits(public_key.get())) + 7) / 8; }
};

}  // namespace cardseal::token
