// SPDX-License-Identifier: LGPL-2.1-or-later
// OpenSSL's objects as owned values, its encoders as Bytes, and the one way from its error queue to our Error.
#include "cms/openssl.hpp"

#include <openssl/err.h>
#include <openssl/objects.h>

namespace cardseal::cms {

void throw_openssl(ErrorCode code, const std::string& what) {
    const auto reason = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    throw Error(code, reason ? what + ": " + reason : what);
}

void require(bool good, ErrorCode code, const char* what) {
    if (!good) throw_openssl(code, what);
}

void forget_openssl_errors() { ERR_clear_error(); }

ByteView view_of(const ASN1_STRING* string) {
    return {ASN1_STRING_get0_data(string), static_cast<size_t>(ASN1_STRING_length(string))};
}

std::string dotted(const ASN1_OBJECT* object) {
    char text[128];
    const int size = OBJ_obj2txt(text, sizeof text, object, 1);
    return size > 0 ? std::string(text) : std::string();
}

const EVP_MD* message_digest(Digest digest) {
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
    throw Error(ErrorCode::Internal, "unknown digest");
}

Bytes digest_of(Digest digest, ByteView bytes) {
    Bytes result(digest_size(digest));
    require(EVP_Digest(bytes.data(), bytes.size(), result.data(), nullptr, message_digest(digest), nullptr) == 1,
            ErrorCode::Internal, "cannot digest");
    return result;
}

}  // namespace cardseal::cms
