// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates that SignedData and EnvelopedData share (RFC 5652 §10.2, §5.3).
#include "cms/asn1_common.hpp"

namespace cardseal::cms::asn1 {

ASN1_SEQUENCE(IssuerAndSerialNumber) =
    {
        ASN1_SIMPLE(IssuerAndSerialNumber, issuer, X509_NAME),
        ASN1_SIMPLE(IssuerAndSerialNumber, serial, ASN1_INTEGER),
} ASN1_SEQUENCE_END(IssuerAndSerialNumber) IMPLEMENT_ASN1_FUNCTIONS(IssuerAndSerialNumber)

        ASN1_SEQUENCE(Attribute) = {
            ASN1_SIMPLE(Attribute, type, ASN1_OBJECT),
            ASN1_SET_OF(Attribute, values, ASN1_ANY),
} ASN1_SEQUENCE_END(Attribute) IMPLEMENT_ASN1_FUNCTIONS(Attribute)

}  // namespace cardseal::cms::asn1
