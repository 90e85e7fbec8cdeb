// SPDX-License-Identifier: LGPL-2.1-or-later
// OpenSSL's objects as owned values, its encoders as Bytes, and the one way from its error queue to our Error.
#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/owned.hpp"
#include "ipc/algorithms.hpp"

namespace cardseal::cms {

using AlgorithmPointer = Owned<X509_ALGOR, X509_ALGOR_free>;
using BioPointer = Owned<BIO, BIO_free_all>;
using CipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using CrlPointer = Owned<X509_CRL, X509_CRL_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using PublicKeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using PublicKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using ObjectPointer = Owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using OctetStringPointer = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using TypePointer = Owned<ASN1_TYPE, ASN1_TYPE_free>;
using X509Pointer = Owned<X509, X509_free>;

/// Throws `code` with "what: the oldest reason in the queue"; the queue is empty afterwards.
[[noreturn]] void throw_openssl(ErrorCode code, const std::string& what);

/// Unless `good`: throw_openssl.
void require(bool good, ErrorCode code, const char* what);

/// Empties the error queue after a failure that is an answer.
void forget_openssl_errors();

/// The bytes of an ASN.1 string; they live as long as the string.
ByteView view_of(const ASN1_STRING* string);

/// An object in its encoding: `encoded<i2d_X509>(certificate)`.
template <auto Encode, class Object>
Bytes encoded(Object* object) {
    unsigned char* start = nullptr;
    const int size = Encode(object, &start);
    if (size < 0) throw_openssl(ErrorCode::Internal, "cannot encode");
    const Owned<unsigned char, [](unsigned char* memory) { OPENSSL_free(memory); }> owner(start);
    return Bytes(start, start + size);
}

/// The object that exactly these bytes are, else null; the error queue is left clean.
template <class Object, auto Free, auto Decode>
Owned<Object, Free> decoded(ByteView bytes) {
    const unsigned char* position = bytes.data();
    Owned<Object, Free> object(Decode(nullptr, &position, static_cast<long>(bytes.size())));
    if (object && position != bytes.data() + bytes.size()) object.reset();
    forget_openssl_errors();
    return object;
}

/// Numeric text of an object identifier ("1.2.840.113549.1.7.1").
std::string dotted(const ASN1_OBJECT* object);

const EVP_MD* message_digest(Digest digest);
Bytes digest_of(Digest digest, ByteView bytes);

}  // namespace cardseal::cms
