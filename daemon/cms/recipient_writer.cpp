// SPDX-License-Identifier: LGPL-2.1-or-later
// Making the RecipientInfo by which a certificate's owner gets the content-encryption key.
#include "cms/recipient_writer.hpp"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <array>

#include "cms/key_agreement.hpp"

namespace cardseal::cms {
namespace {

constexpr int transport_version = 0, agreement_version = 3;  // RFC 5652 §6.2.1, §6.2.2

void check(bool good) { require(good, ErrorCode::Internal, "cannot encrypt to a recipient"); }

asn1::IssuerAndSerialNumber* issuer_and_serial(const Certificate& certificate) {
    auto name = decoded<asn1::IssuerAndSerialNumber, asn1::IssuerAndSerialNumber_free, asn1::d2i_IssuerAndSerialNumber>(
        certificate.issuer_and_serial());
    check(name != nullptr);
    return name.release();
}

void set(ASN1_OCTET_STRING* string, ByteView bytes) {
    check(ASN1_OCTET_STRING_set(string, bytes.data(), static_cast<int>(bytes.size())) == 1);
}

/// Sets an algorithm whose parameters are another structure's DER.
void set_algorithm(X509_ALGOR* algorithm, ObjectPointer object, ByteView parameters) {
    OctetStringPointer sequence(ASN1_OCTET_STRING_new());
    set(sequence.get(), parameters);
    check(object && X509_ALGOR_set0(algorithm, object.release(), V_ASN1_SEQUENCE, sequence.release()) == 1);
}

AlgorithmPointer sha256_identifier() {
    AlgorithmPointer algorithm(X509_ALGOR_new());
    check(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1);
    return algorithm;
}

Bytes oaep_parameters() {
    const Owned<RSA_OAEP_PARAMS, RSA_OAEP_PARAMS_free> parameters(RSA_OAEP_PARAMS_new());
    parameters->hashFunc = sha256_identifier().release();
    parameters->maskGenFunc = X509_ALGOR_new();
    set_algorithm(parameters->maskGenFunc, ObjectPointer(OBJ_nid2obj(NID_mgf1)),
                  encoded<i2d_X509_ALGOR>(sha256_identifier().get()));
    return encoded<i2d_RSA_OAEP_PARAMS>(parameters.get());
}

Bytes transport_key(EVP_PKEY* recipient, KeyTransport transport, const Secret& key) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(recipient, nullptr));
    check(context && EVP_PKEY_encrypt_init(context.get()) == 1);
    if (transport == KeyTransport::Oaep)
        check(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1);
    else
        check(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1);
    Bytes ciphertext(static_cast<size_t>(EVP_PKEY_get_size(recipient)));
    size_t size = ciphertext.size();
    check(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, key.reveal().data(), key.size()) == 1 &&
          size == ciphertext.size());
    return ciphertext;
}

void fill(asn1::KeyTransRecipientInfo* info, const Certificate& certificate, KeyTransport transport,
          const Secret& content_key) {
    info->version = transport_version;
    info->rid->type = static_cast<int>(asn1::RecipientIdentifierChoice::IssuerAndSerial);
    info->rid->value.issuer_and_serial = issuer_and_serial(certificate);
    if (transport == KeyTransport::Oaep)
        set_algorithm(info->key_encryption_algorithm, ObjectPointer(OBJ_nid2obj(NID_rsaesOaep)), oaep_parameters());
    else
        X509_ALGOR_set0(info->key_encryption_algorithm, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, nullptr);
    set(info->encrypted_key, transport_key(certificate.public_key(), transport, content_key));
}

PublicKey ephemeral_key(EVP_PKEY* recipient) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(recipient, nullptr));
    EVP_PKEY* key = nullptr;
    check(context && EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_keygen(context.get(), &key) == 1);
    return PublicKey(key);
}

/// The point uncompressed, or X25519's 32 bytes.
Bytes public_octets(EVP_PKEY* key) {
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
        check(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                             OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) == 1);
    unsigned char* point = nullptr;
    const auto size = EVP_PKEY_get1_encoded_public_key(key, &point);
    check(size > 0);
    Bytes bytes(point, point + size);
    OPENSSL_free(point);
    return bytes;
}

void set_originator(asn1::OriginatorIdentifierOrKey* originator, EVP_PKEY* ephemeral) {
    const bool x25519 = EVP_PKEY_get_base_id(ephemeral) == EVP_PKEY_X25519;
    const auto point = public_octets(ephemeral);
    originator->type = static_cast<int>(asn1::OriginatorChoice::PublicKey);
    originator->value.public_key = asn1::OriginatorPublicKey_new();
    check(originator->value.public_key != nullptr);
    auto* key = originator->value.public_key;
    X509_ALGOR_set0(key->algorithm, OBJ_nid2obj(x25519 ? NID_X25519 : NID_X9_62_id_ecPublicKey), V_ASN1_UNDEF, nullptr);
    check(ASN1_BIT_STRING_set(key->public_key, const_cast<uint8_t*>(point.data()), static_cast<int>(point.size())) ==
          1);
    // Without this, trailing zero bits of the point would be cut off.
    key->public_key->flags |= ASN1_STRING_FLAG_BITS_LEFT;
}

void add_encrypted_key(asn1::KeyAgreeRecipientInfo* info, const Certificate& certificate, ByteView wrapped) {
    Owned<asn1::RecipientEncryptedKey, asn1::RecipientEncryptedKey_free> key(asn1::RecipientEncryptedKey_new());
    check(key != nullptr);
    key->rid->type = static_cast<int>(asn1::KeyAgreeIdentifierChoice::IssuerAndSerial);
    key->rid->value.issuer_and_serial = issuer_and_serial(certificate);
    set(key->encrypted_key, wrapped);
    check(asn1::sk_RecipientEncryptedKey_push(info->recipient_encrypted_keys, key.get()) > 0);
    (void)key.release();
}

// The key-encryption key has the content key's length (RFC 8551 §2.3).
void fill(asn1::KeyAgreeRecipientInfo* info, const Certificate& certificate, const Secret& content_key) {
    const auto wrap = aes_wrap_of_length(content_key.size());
    const AlgorithmPointer wrap_identifier(X509_ALGOR_new());
    X509_ALGOR_set0(wrap_identifier.get(), OBJ_nid2obj(wrap.nid), V_ASN1_UNDEF, nullptr);
    const auto scheme = usual_scheme(certificate.public_key());
    const auto ephemeral = ephemeral_key(certificate.public_key());
    const auto secret = shared_secret(ephemeral.get(), certificate.public_key());
    if (!secret)
        throw Error(ErrorCode::CertificateUnusable,
                    "cannot encrypt to certificate " + certificate.fingerprint() + ": its key agrees on nothing");
    const auto key_encryption_key =
        derive_key(scheme, *secret, ecc_shared_info(wrap_identifier.get(), nullptr, wrap.key_length), wrap.key_length);
    info->version = agreement_version;
    set_originator(info->originator, ephemeral.get());
    set_algorithm(info->key_encryption_algorithm, ObjectPointer(OBJ_txt2obj(scheme.object, 1)),
                  encoded<i2d_X509_ALGOR>(wrap_identifier.get()));
    add_encrypted_key(info, certificate, wrap_key(wrap, key_encryption_key, content_key));
}

}  // namespace

Bytes oaep_identifier() {
    const AlgorithmPointer algorithm(X509_ALGOR_new());
    set_algorithm(algorithm.get(), ObjectPointer(OBJ_nid2obj(NID_rsaesOaep)), oaep_parameters());
    return encoded<i2d_X509_ALGOR>(algorithm.get());
}

asn1::RecipientInfoPointer make_recipient_info(const Certificate& certificate, KeyTransport rsa_transport,
                                               const Secret& content_key) {
    asn1::RecipientInfoPointer info(asn1::RecipientInfo_new());
    check(info != nullptr);
    if (EVP_PKEY_get_base_id(certificate.public_key()) == EVP_PKEY_RSA) {
        info->type = static_cast<int>(asn1::RecipientInfoChoice::KeyTransport);
        info->value.key_transport = asn1::KeyTransRecipientInfo_new();
        check(info->value.key_transport != nullptr);
        fill(info->value.key_transport, certificate, rsa_transport, content_key);
    } else {
        info->type = static_cast<int>(asn1::RecipientInfoChoice::KeyAgreement);
        info->value.key_agreement = asn1::KeyAgreeRecipientInfo_new();
        check(info->value.key_agreement != nullptr);
        fill(info->value.key_agreement, certificate, content_key);
    }
    return info;
}

}  // namespace cardseal::cms
