// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates of SignedData (RFC 5652 §5), of signing certificates (RFC 5035 §5.4.1) and of algorithm protection
// (RFC 6211).
#pragma once

#include "cms/asn1_common.hpp"

namespace cardseal::cms::asn1 {

inline constexpr int sid_issuer_and_serial = 0, sid_key_identifier = 1;

struct SignerIdentifier {
    int type;
    union {
        IssuerAndSerialNumber* issuer_and_serial;
        ASN1_OCTET_STRING* key_identifier;
    } choice;
};
DECLARE_ASN1_FUNCTIONS(SignerIdentifier)

struct SignerInfo {
    int32_t version;
    SignerIdentifier* sid;
    X509_ALGOR* digest_algorithm;
    STACK_OF(Attribute) * signed_attributes;  ///< null if absent
    X509_ALGOR* signature_algorithm;
    ASN1_OCTET_STRING* signature;
    STACK_OF(Attribute) * unsigned_attributes;  ///< null if absent
};
DECLARE_ASN1_FUNCTIONS(SignerInfo)

/// The SET OF Attribute that is digested and signed.
using SignedAttributes = STACK_OF(Attribute);
DECLARE_ASN1_ITEM(SignedAttributes)

struct EncapsulatedContentInfo {
    ASN1_OBJECT* type;
    ASN1_OCTET_STRING* content;  ///< null: absent, or cut out
};
DECLARE_ASN1_FUNCTIONS(EncapsulatedContentInfo)

/// Certificates, CRLs and signers stay undecoded: some may be of other kinds, and signed attributes are judged as sent.
struct SignedData {
    int32_t version;
    STACK_OF(X509_ALGOR) * digest_algorithms;
    EncapsulatedContentInfo* encapsulated;
    STACK_OF(ASN1_TYPE) * certificates;  ///< null if absent
    STACK_OF(ASN1_TYPE) * crls;          ///< null if absent
    STACK_OF(ASN1_TYPE) * signer_infos;
};
DECLARE_ASN1_FUNCTIONS(SignedData)

/// ContentInfo with SignedData.
struct SignedMessage {
    ASN1_OBJECT* type;
    SignedData* content;
};
DECLARE_ASN1_FUNCTIONS(SignedMessage)

struct EssIssuerSerial {
    GENERAL_NAMES* issuer;
    ASN1_INTEGER* serial;
};
DECLARE_ASN1_FUNCTIONS(EssIssuerSerial)

/// ESSCertID of RFC 2634: the hash is SHA-1.
struct EssCertificateId {
    ASN1_OCTET_STRING* hash;
    EssIssuerSerial* issuer_serial;  ///< null if absent
};
DECLARE_ASN1_FUNCTIONS(EssCertificateId)
DEFINE_STACK_OF(EssCertificateId)

struct SigningCertificate {
    STACK_OF(EssCertificateId) * certificates;
    STACK_OF(ASN1_TYPE) * policies;  ///< null if absent
};
DECLARE_ASN1_FUNCTIONS(SigningCertificate)

struct EssCertificateIdV2 {
    X509_ALGOR* hash_algorithm;  ///< null: SHA-256
    ASN1_OCTET_STRING* hash;
    EssIssuerSerial* issuer_serial;  ///< null if absent
};
DECLARE_ASN1_FUNCTIONS(EssCertificateIdV2)
DEFINE_STACK_OF(EssCertificateIdV2)

struct SigningCertificateV2 {
    STACK_OF(EssCertificateIdV2) * certificates;
    STACK_OF(ASN1_TYPE) * policies;  ///< null if absent
};
DECLARE_ASN1_FUNCTIONS(SigningCertificateV2)

struct AlgorithmProtection {
    X509_ALGOR* digest_algorithm;
    X509_ALGOR* signature_algorithm;  ///< null if absent
    X509_ALGOR* mac_algorithm;        ///< null if absent
};
DECLARE_ASN1_FUNCTIONS(AlgorithmProtection)

using SignerInfoPointer = Owned<SignerInfo, SignerInfo_free>;
using SignedDataPointer = Owned<SignedData, SignedData_free>;
using SignedMessagePointer = Owned<SignedMessage, SignedMessage_free>;
using SigningCertificatePointer = Owned<SigningCertificate, SigningCertificate_free>;
using SigningCertificateV2Pointer = Owned<SigningCertificateV2, SigningCertificateV2_free>;
using AlgorithmProtectionPointer = Owned<AlgorithmProtection, AlgorithmProtection_free>;

}  // namespace cardseal::cms::asn1
