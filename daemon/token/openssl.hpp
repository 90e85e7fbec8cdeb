// SPDX-License-Identifier: LGPL-2.1-or-later
// Owners of the OpenSSL objects that the token worker uses, and the one place where OpenSSL's errors become ours.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/owned.hpp"
#include "ipc/algorithms.hpp"

namespace cardseal::token {

using Certificate = Owned<X509, X509_free>;
using PublicKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using PublicKeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

/// An Error with OpenSSL's reason; the thread's error queue is empty afterwards.
Error openssl_error(ErrorCode code, const std::string& what);

/// i2d_* of an object that OpenSSL has made or parsed itself.
template <class Object, class Encode>
Bytes encoded_by(Encode encode, Object* object) {
    uint8_t* data = nullptr;
    const int size = encode(object, &data);
    if (size < 0) throw openssl_error(ErrorCode::Internal, "cannot encode");
    Bytes bytes(data, data + size);
    OPENSSL_free(data);
    return bytes;
}

const EVP_MD* openssl_digest(Digest digest);
Bytes digest_of(Digest digest, ByteView bytes);

}  // namespace cardseal::token
