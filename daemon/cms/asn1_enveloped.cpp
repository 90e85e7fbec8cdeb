// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates of EnvelopedData (RFC 5652 §6), AuthEnvelopedData (RFC 5083) and their algorithms' parameters
// (RFC 5084, RFC 5753).
#include "cms/asn1_enveloped.hpp"

// The templates are tables; the formatter takes their macros for expressions.
// clang-format off
namespace cardseal::cms::asn1 {

ASN1_CHOICE(RecipientIdentifier) = {
    ASN1_SIMPLE(RecipientIdentifier, value.issuer_and_serial, IssuerAndSerialNumber),
    ASN1_IMP(RecipientIdentifier, value.subject_key_identifier, ASN1_OCTET_STRING, 0),
} ASN1_CHOICE_END(RecipientIdentifier)
IMPLEMENT_ASN1_FUNCTIONS(RecipientIdentifier)

ASN1_SEQUENCE(KeyTransRecipientInfo) = {
    ASN1_EMBED(KeyTransRecipientInfo, version, INT32),
    ASN1_SIMPLE(KeyTransRecipientInfo, rid, RecipientIdentifier),
    ASN1_SIMPLE(KeyTransRecipientInfo, key_encryption_algorithm, X509_ALGOR),
    ASN1_SIMPLE(KeyTransRecipientInfo, encrypted_key, ASN1_OCTET_STRING),
} ASN1_SEQUENCE_END(KeyTransRecipientInfo)
IMPLEMENT_ASN1_FUNCTIONS(KeyTransRecipientInfo)

ASN1_SEQUENCE(OriginatorPublicKey) = {
    ASN1_SIMPLE(OriginatorPublicKey, algorithm, X509_ALGOR),
    ASN1_SIMPLE(OriginatorPublicKey, public_key, ASN1_BIT_STRING),
} ASN1_SEQUENCE_END(OriginatorPublicKey)
IMPLEMENT_ASN1_FUNCTIONS(OriginatorPublicKey)

ASN1_CHOICE(OriginatorIdentifierOrKey) = {
    ASN1_SIMPLE(OriginatorIdentifierOrKey, value.issuer_and_serial, IssuerAndSerialNumber),
    ASN1_IMP(OriginatorIdentifierOrKey, value.subject_key_identifier, ASN1_OCTET_STRING, 0),
    ASN1_IMP(OriginatorIdentifierOrKey, value.public_key, OriginatorPublicKey, 1),
} ASN1_CHOICE_END(OriginatorIdentifierOrKey)
IMPLEMENT_ASN1_FUNCTIONS(OriginatorIdentifierOrKey)

ASN1_SEQUENCE(OtherKeyAttribute) = {
    ASN1_SIMPLE(OtherKeyAttribute, id, ASN1_OBJECT),
    ASN1_OPT(OtherKeyAttribute, attribute, ASN1_ANY),
} ASN1_SEQUENCE_END(OtherKeyAttribute)
IMPLEMENT_ASN1_FUNCTIONS(OtherKeyAttribute)

ASN1_SEQUENCE(RecipientKeyIdentifier) = {
    ASN1_SIMPLE(RecipientKeyIdentifier, subject_key_identifier, ASN1_OCTET_STRING),
    ASN1_OPT(RecipientKeyIdentifier, date, ASN1_GENERALIZEDTIME),
    ASN1_OPT(RecipientKeyIdentifier, other, OtherKeyAttribute),
} ASN1_SEQUENCE_END(RecipientKeyIdentifier)
IMPLEMENT_ASN1_FUNCTIONS(RecipientKeyIdentifier)

ASN1_CHOICE(KeyAgreeRecipientIdentifier) = {
    ASN1_SIMPLE(KeyAgreeRecipientIdentifier, value.issuer_and_serial, IssuerAndSerialNumber),
    ASN1_IMP(KeyAgreeRecipientIdentifier, value.key_identifier, RecipientKeyIdentifier, 0),
} ASN1_CHOICE_END(KeyAgreeRecipientIdentifier)
IMPLEMENT_ASN1_FUNCTIONS(KeyAgreeRecipientIdentifier)

ASN1_SEQUENCE(RecipientEncryptedKey) = {
    ASN1_SIMPLE(RecipientEncryptedKey, rid, KeyAgreeRecipientIdentifier),
    ASN1_SIMPLE(RecipientEncryptedKey, encrypted_key, ASN1_OCTET_STRING),
} ASN1_SEQUENCE_END(RecipientEncryptedKey)
IMPLEMENT_ASN1_FUNCTIONS(RecipientEncryptedKey)

ASN1_SEQUENCE(KeyAgreeRecipientInfo) = {
    ASN1_EMBED(KeyAgreeRecipientInfo, version, INT32),
    ASN1_EXP(KeyAgreeRecipientInfo, originator, OriginatorIdentifierOrKey, 0),
    ASN1_EXP_OPT(KeyAgreeRecipientInfo, ukm, ASN1_OCTET_STRING, 1),
    ASN1_SIMPLE(KeyAgreeRecipientInfo, key_encryption_algorithm, X509_ALGOR),
    ASN1_SEQUENCE_OF(KeyAgreeRecipientInfo, recipient_encrypted_keys, RecipientEncryptedKey),
} ASN1_SEQUENCE_END(KeyAgreeRecipientInfo)
IMPLEMENT_ASN1_FUNCTIONS(KeyAgreeRecipientInfo)

ASN1_CHOICE(RecipientInfo) = {
    ASN1_SIMPLE(RecipientInfo, value.key_transport, KeyTransRecipientInfo),
    ASN1_IMP(RecipientInfo, value.key_agreement, KeyAgreeRecipientInfo, 1),
    ASN1_IMP_SEQUENCE_OF(RecipientInfo, value.unsupported, ASN1_ANY, 2),
    ASN1_IMP_SEQUENCE_OF(RecipientInfo, value.unsupported, ASN1_ANY, 3),
    ASN1_IMP_SEQUENCE_OF(RecipientInfo, value.unsupported, ASN1_ANY, 4),
} ASN1_CHOICE_END(RecipientInfo)
IMPLEMENT_ASN1_FUNCTIONS(RecipientInfo)

ASN1_ITEM_TEMPLATE(RecipientInfos) =
    ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SET_OF, 0, RecipientInfos, RecipientInfo)
ASN1_ITEM_TEMPLATE_END(RecipientInfos)

ASN1_SEQUENCE(EncryptedContentInfo) = {
    ASN1_SIMPLE(EncryptedContentInfo, content_type, ASN1_OBJECT),
    ASN1_SIMPLE(EncryptedContentInfo, content_encryption_algorithm, X509_ALGOR),
} ASN1_SEQUENCE_END(EncryptedContentInfo)
IMPLEMENT_ASN1_FUNCTIONS(EncryptedContentInfo)

ASN1_SEQUENCE(EnvelopedData) = {
    ASN1_EMBED(EnvelopedData, version, INT32),
    ASN1_IMP_SEQUENCE_OF_OPT(EnvelopedData, originator_info, ASN1_ANY, 0),
    ASN1_SET_OF(EnvelopedData, recipient_infos, RecipientInfo),
    ASN1_SIMPLE(EnvelopedData, encrypted_content_info, EncryptedContentInfo),
    ASN1_IMP_SET_OF_OPT(EnvelopedData, unprotected_attributes, Attribute, 1),
} ASN1_SEQUENCE_END(EnvelopedData)
IMPLEMENT_ASN1_FUNCTIONS(EnvelopedData)

ASN1_SEQUENCE(AuthEnvelopedData) = {
    ASN1_EMBED(AuthEnvelopedData, version, INT32),
    ASN1_IMP_SEQUENCE_OF_OPT(AuthEnvelopedData, originator_info, ASN1_ANY, 0),
    ASN1_SET_OF(AuthEnvelopedData, recipient_infos, RecipientInfo),
    ASN1_SIMPLE(AuthEnvelopedData, encrypted_content_info, EncryptedContentInfo),
    ASN1_IMP_SET_OF_OPT(AuthEnvelopedData, authenticated_attributes, Attribute, 1),
    ASN1_SIMPLE(AuthEnvelopedData, mac, ASN1_OCTET_STRING),
    ASN1_IMP_SET_OF_OPT(AuthEnvelopedData, unauthenticated_attributes, Attribute, 2),
} ASN1_SEQUENCE_END(AuthEnvelopedData)
IMPLEMENT_ASN1_FUNCTIONS(AuthEnvelopedData)

ASN1_SEQUENCE(EnvelopedMessage) = {
    ASN1_SIMPLE(EnvelopedMessage, content_type, ASN1_OBJECT),
    ASN1_EXP(EnvelopedMessage, content, EnvelopedData, 0),
} ASN1_SEQUENCE_END(EnvelopedMessage)
IMPLEMENT_ASN1_FUNCTIONS(EnvelopedMessage)

ASN1_SEQUENCE(AuthEnvelopedMessage) = {
    ASN1_SIMPLE(AuthEnvelopedMessage, content_type, ASN1_OBJECT),
    ASN1_EXP(AuthEnvelopedMessage, content, AuthEnvelopedData, 0),
} ASN1_SEQUENCE_END(AuthEnvelopedMessage)
IMPLEMENT_ASN1_FUNCTIONS(AuthEnvelopedMessage)

ASN1_SEQUENCE(GcmParameters) = {
    ASN1_SIMPLE(GcmParameters, nonce, ASN1_OCTET_STRING),
    ASN1_OPT(GcmParameters, icv_length, ASN1_INTEGER),
} ASN1_SEQUENCE_END(GcmParameters)
IMPLEMENT_ASN1_FUNCTIONS(GcmParameters)

ASN1_SEQUENCE(EccSharedInfo) = {
    ASN1_SIMPLE(EccSharedInfo, key_info, X509_ALGOR),
    ASN1_EXP_OPT(EccSharedInfo, entity_u_info, ASN1_OCTET_STRING, 0),
    ASN1_EXP(EccSharedInfo, supp_pub_info, ASN1_OCTET_STRING, 2),
} ASN1_SEQUENCE_END(EccSharedInfo)
IMPLEMENT_ASN1_FUNCTIONS(EccSharedInfo)

ASN1_ITEM_TEMPLATE(AttributeSet) =
    ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SET_OF, 0, AttributeSet, Attribute)
ASN1_ITEM_TEMPLATE_END(AttributeSet)

int encode_recipient_infos(const RecipientInfos* infos, unsigned char** out) {
    return ASN1_item_i2d(reinterpret_cast<const ASN1_VALUE*>(infos), out, ASN1_ITEM_rptr(RecipientInfos));
}

int encode_attribute_set(const STACK_OF(Attribute)* attributes, unsigned char** out) {
    return ASN1_item_i2d(reinterpret_cast<const ASN1_VALUE*>(attributes), out, ASN1_ITEM_rptr(AttributeSet));
}

}  // namespace cardseal::cms::asn1
