// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates that SignedData and EnvelopedData share (RFC 5652 §10.2, §5.3).
#pragma once

#include <openssl/asn1t.h>

#include "cms/openssl.hpp"

namespace cardseal::cms::asn1 {

struct IssuerAndSerialNumber {
    X509_NAME* issuer;
    ASN1_INTEGER* serial;
};
DECLARE_ASN1_FUNCTIONS(IssuerAndSerialNumber)

struct Attribute {
    ASN1_OBJECT* type;
    STACK_OF(ASN1_TYPE) * values;
};
DECLARE_ASN1_FUNCTIONS(Attribute)
DEFINE_STACK_OF(Attribute)

using IssuerAndSerialPointer = Owned<IssuerAndSerialNumber, IssuerAndSerialNumber_free>;
using AttributePointer = Owned<Attribute, Attribute_free>;

}  // namespace cardseal::cms::asn1
