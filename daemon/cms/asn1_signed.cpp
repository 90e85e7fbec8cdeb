// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates of SignedData (RFC 5652 §5), of signing certificates (RFC 5035 §5.4.1) and of algorithm protection
// (RFC 6211).
#include "cms/asn1_signed.hpp"

namespace cardseal::cms::asn1 {

ASN1_CHOICE(SignerIdentifier) = {
    ASN1_SIMPLE(SignerIdentifier, choice.issuer_and_serial, IssuerAndSerialNumber),
    ASN1_IMP(SignerIdentifier, choice.key_identifier, ASN1_OCTET_STRING, 0),
} ASN1_CHOICE_END(SignerIdentifier)
IMPLEMENT_ASN1_FUNCTIONS(SignerIdentifier)

ASN1_SEQUENCE(SignerInfo) = {
    ASN1_EMBED(SignerInfo, version, INT32),
    ASN1_SIMPLE(SignerInfo, sid, SignerIdentifier),
    ASN1_SIMPLE(SignerInfo, digest_algorithm, X509_ALGOR),
    ASN1_IMP_SET_OF_OPT(SignerInfo, signed_attributes, Attribute, 0),
    ASN1_SIMPLE(SignerInfo, signature_algorithm, X509_ALGOR),
    ASN1_SIMPLE(SignerInfo, signature, ASN1_OCTET_STRING),
    ASN1_IMP_SET_OF_OPT(SignerInfo, unsigned_attributes, Attribute, 1),
} ASN1_SEQUENCE_END(SignerInfo)
IMPLEMENT_ASN1_FUNCTIONS(SignerInfo)

ASN1_ITEM_TEMPLATE(SignedAttributes) =
    ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SET_OF, 0, attributes, Attribute)
ASN1_ITEM_TEMPLATE_END(SignedAttributes)

ASN1_SEQUENCE(EncapsulatedContentInfo) = {
    ASN1_SIMPLE(EncapsulatedContentInfo, type, ASN1_OBJECT),
    ASN1_EXP_OPT(EncapsulatedContentInfo, content, ASN1_OCTET_STRING, 0),
} ASN1_SEQUENCE_END(EncapsulatedContentInfo)
IMPLEMENT_ASN1_FUNCTIONS(EncapsulatedContentInfo)

ASN1_SEQUENCE(SignedData) = {
    ASN1_EMBED(SignedData, version, INT32),
    ASN1_SET_OF(SignedData, digest_algorithms, X509_ALGOR),
    ASN1_SIMPLE(SignedData, encapsulated, EncapsulatedContentInfo),
    ASN1_IMP_SET_OF_OPT(SignedData, certificates, ASN1_ANY, 0),
    ASN1_IMP_SET_OF_OPT(SignedData, crls, ASN1_ANY, 1),
    ASN1_SET_OF(SignedData, signer_infos, ASN1_ANY),
} ASN1_SEQUENCE_END(SignedData)
IMPLEMENT_ASN1_FUNCTIONS(SignedData)

ASN1_SEQUENCE(SignedMessage) = {
    ASN1_SIMPLE(SignedMessage, type, ASN1_OBJECT),
    ASN1_EXP(SignedMessage, content, SignedData, 0),
} ASN1_SEQUENCE_END(SignedMessage)
IMPLEMENT_ASN1_FUNCTIONS(SignedMessage)

ASN1_SEQUENCE(EssIssuerSerial) = {
    ASN1_SEQUENCE_OF(EssIssuerSerial, issuer, GENERAL_NAME),
    ASN1_SIMPLE(EssIssuerSerial, serial, ASN1_INTEGER),
} ASN1_SEQUENCE_END(EssIssuerSerial)
IMPLEMENT_ASN1_FUNCTIONS(EssIssuerSerial)

ASN1_SEQUENCE(EssCertificateId) = {
    ASN1_SIMPLE(EssCertificateId, hash, ASN1_OCTET_STRING),
    ASN1_OPT(EssCertificateId, issuer_serial, EssIssuerSerial),
} ASN1_SEQUENCE_END(EssCertificateId)
IMPLEMENT_ASN1_FUNCTIONS(EssCertificateId)

ASN1_SEQUENCE(SigningCertificate) = {
    ASN1_SEQUENCE_OF(SigningCertificate, certificates, EssCertificateId),
    ASN1_SEQUENCE_OF_OPT(SigningCertificate, policies, ASN1_ANY),
} ASN1_SEQUENCE_END(SigningCertificate)
IMPLEMENT_ASN1_FUNCTIONS(SigningCertificate)

ASN1_SEQUENCE(EssCertificateIdV2) = {
    ASN1_OPT(EssCertificateIdV2, hash_algorithm, X509_ALGOR),
    ASN1_SIMPLE(EssCertificateIdV2, hash, ASN1_OCTET_STRING),
    ASN1_OPT(EssCertificateIdV2, issuer_serial, EssIssuerSerial),
} ASN1_SEQUENCE_END(EssCertificateIdV2)
IMPLEMENT_ASN1_FUNCTIONS(EssCertificateIdV2)

ASN1_SEQUENCE(SigningCertificateV2) = {
    ASN1_SEQUENCE_OF(SigningCertificateV2, certificates, EssCertificateIdV2),
    ASN1_SEQUENCE_OF_OPT(SigningCertificateV2, policies, ASN1_ANY),
} ASN1_SEQUENCE_END(SigningCertificateV2)
IMPLEMENT_ASN1_FUNCTIONS(SigningCertificateV2)

ASN1_SEQUENCE(AlgorithmProtection) = {
    ASN1_SIMPLE(AlgorithmProtection, digest_algorithm, X509_ALGOR),
    ASN1_IMP_OPT(AlgorithmProtection, signature_algorithm, X509_ALGOR, 1),
    ASN1_IMP_OPT(AlgorithmProtection, mac_algorithm, X509_ALGOR, 2),
} ASN1_SEQUENCE_END(AlgorithmProtection)
IMPLEMENT_ASN1_FUNCTIONS(AlgorithmProtection)

}  // namespace cardseal::cms::asn1
