// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates of EnvelopedData (RFC 5652 §6), AuthEnvelopedData (RFC 5083) and their algorithms' parameters
// (RFC 5084, RFC 5753). Of the content info only what stands beside the encrypted content is here: the BER walk cuts
// the content out.
#pragma once

#include "cms/asn1_common.hpp"

namespace cardseal::cms::asn1 {

enum class RecipientIdentifierChoice { IssuerAndSerial, SubjectKeyIdentifier };

struct RecipientIdentifier {
    int type;
    union {
        IssuerAndSerialNumber* issuer_and_serial;
        ASN1_OCTET_STRING* subject_key_identifier;
    } value;
};
DECLARE_ASN1_FUNCTIONS(RecipientIdentifier)

struct KeyTransRecipientInfo {
    int32_t version;
    RecipientIdentifier* rid;
    X509_ALGOR* key_encryption_algorithm;
    ASN1_OCTET_STRING* encrypted_key;
};
DECLARE_ASN1_FUNCTIONS(KeyTransRecipientInfo)

struct OriginatorPublicKey {
    X509_ALGOR* algorithm;
    ASN1_BIT_STRING* public_key;
};
DECLARE_ASN1_FUNCTIONS(OriginatorPublicKey)

enum class OriginatorChoice { IssuerAndSerial, SubjectKeyIdentifier, PublicKey };

struct OriginatorIdentifierOrKey {
    int type;
    union {
        IssuerAndSerialNumber* issuer_and_serial;
        ASN1_OCTET_STRING* subject_key_identifier;
        OriginatorPublicKey* public_key;
    } value;
};
DECLARE_ASN1_FUNCTIONS(OriginatorIdentifierOrKey)

struct OtherKeyAttribute {
    ASN1_OBJECT* id;
    ASN1_TYPE* attribute;
};
DECLARE_ASN1_FUNCTIONS(OtherKeyAttribute)

struct RecipientKeyIdentifier {
    ASN1_OCTET_STRING* subject_key_identifier;
    ASN1_GENERALIZEDTIME* date;
    OtherKeyAttribute* other;
};
DECLARE_ASN1_FUNCTIONS(RecipientKeyIdentifier)

enum class KeyAgreeIdentifierChoice { IssuerAndSerial, KeyIdentifier };

struct KeyAgreeRecipientIdentifier {
    int type;
    union {
        IssuerAndSerialNumber* issuer_and_serial;
        RecipientKeyIdentifier* key_identifier;
    } value;
};
DECLARE_ASN1_FUNCTIONS(KeyAgreeRecipientIdentifier)

struct RecipientEncryptedKey {
    KeyAgreeRecipientIdentifier* rid;
    ASN1_OCTET_STRING* encrypted_key;
};
DECLARE_ASN1_FUNCTIONS(RecipientEncryptedKey)
DEFINE_STACK_OF(RecipientEncryptedKey)

struct KeyAgreeRecipientInfo {
    int32_t version;
    OriginatorIdentifierOrKey* originator;
    ASN1_OCTET_STRING* ukm;
    X509_ALGOR* key_encryption_algorithm;
    STACK_OF(RecipientEncryptedKey) * recipient_encrypted_keys;
};
DECLARE_ASN1_FUNCTIONS(KeyAgreeRecipientInfo)

enum class RecipientInfoChoice { KeyTransport, KeyAgreement, KeyEncryptionKey, Password, Other };

struct RecipientInfo {
    int type;
    union {
        KeyTransRecipientInfo* key_transport;
        KeyAgreeRecipientInfo* key_agreement;
        ASN1_SEQUENCE_ANY* unsupported;  ///< KEKRecipientInfo, PasswordRecipientInfo, OtherRecipientInfo
    } value;
};
DECLARE_ASN1_FUNCTIONS(RecipientInfo)
DEFINE_STACK_OF(RecipientInfo)

using RecipientInfos = STACK_OF(RecipientInfo);

struct EncryptedContentInfo {
    ASN1_OBJECT* content_type;
    X509_ALGOR* content_encryption_algorithm;
};
DECLARE_ASN1_FUNCTIONS(EncryptedContentInfo)

struct EnvelopedData {
    int32_t version;
    ASN1_SEQUENCE_ANY* originator_info;
    RecipientInfos* recipient_infos;
    EncryptedContentInfo* encrypted_content_info;
    STACK_OF(Attribute) * unprotected_attributes;
};
DECLARE_ASN1_FUNCTIONS(EnvelopedData)

struct AuthEnvelopedData {
    int32_t version;
    ASN1_SEQUENCE_ANY* originator_info;
    RecipientInfos* recipient_infos;
    EncryptedContentInfo* encrypted_content_info;
    STACK_OF(Attribute) * authenticated_attributes;
    ASN1_OCTET_STRING* mac;
    STACK_OF(Attribute) * unauthenticated_attributes;
};
DECLARE_ASN1_FUNCTIONS(AuthEnvelopedData)

/// ContentInfo with either content.
struct EnvelopedMessage {
    ASN1_OBJECT* content_type;
    EnvelopedData* content;
};
DECLARE_ASN1_FUNCTIONS(EnvelopedMessage)

struct AuthEnvelopedMessage {
    ASN1_OBJECT* content_type;
    AuthEnvelopedData* content;
};
DECLARE_ASN1_FUNCTIONS(AuthEnvelopedMessage)

/// RFC 5084 §3.2; icv_length is null for the DEFAULT 12.
struct GcmParameters {
    ASN1_OCTET_STRING* nonce;
    ASN1_INTEGER* icv_length;
};
DECLARE_ASN1_FUNCTIONS(GcmParameters)

/// ECC-CMS-SharedInfo, RFC 5753 §7.2.
struct EccSharedInfo {
    X509_ALGOR* key_info;
    ASN1_OCTET_STRING* entity_u_info;
    ASN1_OCTET_STRING* supp_pub_info;
};
DECLARE_ASN1_FUNCTIONS(EccSharedInfo)

/// DER of the SET OF RecipientInfo; the signature is that of OpenSSL's i2d functions.
int encode_recipient_infos(const RecipientInfos* infos, unsigned char** out);

/// DER of the SET OF Attribute with its universal tag: what an AEAD authenticates (RFC 5083 §2.2).
int encode_attribute_set(const STACK_OF(Attribute) * attributes, unsigned char** out);

using RecipientInfoPointer = Owned<RecipientInfo, RecipientInfo_free>;
using EnvelopedMessagePointer = Owned<EnvelopedMessage, EnvelopedMessage_free>;
using AuthEnvelopedMessagePointer = Owned<AuthEnvelopedMessage, AuthEnvelopedMessage_free>;
using GcmParametersPointer = Owned<GcmParameters, GcmParameters_free>;
using EccSharedInfoPointer = Owned<EccSharedInfo, EccSharedInfo_free>;

}  // namespace cardseal::cms::asn1
