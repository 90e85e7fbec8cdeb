// SPDX-License-Identifier: LGPL-2.1-or-later
// OpenSSL's digests and errors in our terms.
#include "token/openssl.hpp"

#include <openssl/err.h>

namespace cardseal::token {

Error openssl_error(ErrorCode code, const std::string& what) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string message = what + ": " + (reason ? reason : "unknown reason");
    ERR_clear_error();
    return {code, std::move(message)};
}

const EVP_MD* openssl_digest(Digest digest) {
    switch (digest) {
        case Digest::Sha1:
            return EVP_sha1();
        case Digest::Sha224:
            return EVP_sha224();
        case Digest::Sha256:
            return EVP_sha256();
        case Digest::Sha384:
            return EVP_sha384();
        case Digest::Sha512:
            return EVP_sha512();
    }
    throw Error(ErrorCode::Internal, "digest out of range");
}

Bytes digest_of(Digest digest, ByteView bytes) {
    Bytes result(digest_size(digest));
    if (EVP_Digest(bytes.data(), bytes.size(), result.data(), nullptr, openssl_digest(digest), nullptr) != 1)
        throw openssl_error(ErrorCode::Internal, "cannot compute a digest");
    return result;
}

}  // namespace cardseal::token
