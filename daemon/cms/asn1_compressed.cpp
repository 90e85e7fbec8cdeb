// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates of CompressedData (RFC 3274 §1.1), without the compressed content: the BER walk cuts that out.
#include "cms/asn1_compressed.hpp"

// The templates are tables; the formatter takes their macros for expressions.
// clang-format off
namespace cardseal::cms::asn1 {

ASN1_SEQUENCE(CompressedContentInfo) = {
    ASN1_SIMPLE(CompressedContentInfo, content_type, ASN1_OBJECT),
} ASN1_SEQUENCE_END(CompressedContentInfo)
IMPLEMENT_ASN1_FUNCTIONS(CompressedContentInfo)

ASN1_SEQUENCE(CompressedData) = {
    ASN1_EMBED(CompressedData, version, INT32),
    ASN1_SIMPLE(CompressedData, compression_algorithm, X509_ALGOR),
    ASN1_SIMPLE(CompressedData, encapsulated, CompressedContentInfo),
} ASN1_SEQUENCE_END(CompressedData)
IMPLEMENT_ASN1_FUNCTIONS(CompressedData)

ASN1_SEQUENCE(CompressedMessage) = {
    ASN1_SIMPLE(CompressedMessage, type, ASN1_OBJECT),
    ASN1_EXP(CompressedMessage, content, CompressedData, 0),
} ASN1_SEQUENCE_END(CompressedMessage)
IMPLEMENT_ASN1_FUNCTIONS(CompressedMessage)

}  // namespace cardseal::cms::asn1
