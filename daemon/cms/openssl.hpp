// SPDX-License-Identifier: LGPL-2.1-or-later
// OpenSSL's objects, owned, and its errors as ours.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/owned.hpp"

namespace cardseal::cms {

using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using PublicKeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using PublicKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;

/// Unless `good`: Error with that code and "what: OpenSSL's first reason". OpenSSL's queue is empty afterwards.
void require(bool good, ErrorCode code, const char* what);

/// DER of an object with an i2d function.
template <class Object>
Bytes to_der(int (*encode)(const Object*, unsigned char**), const Object* object) {
    const int size = encode(object, nullptr);
    require(size > 0, ErrorCode::Internal, "cannot encode a structure");
    Bytes der(static_cast<size_t>(size));
    auto* end = der.data();
    require(encode(object, &end) == size, ErrorCode::Internal, "cannot encode a structure");
    return der;
}

}  // namespace cardseal::cms
