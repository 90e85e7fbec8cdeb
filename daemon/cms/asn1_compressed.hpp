// SPDX-License-Identifier: LGPL-2.1-or-later
// ASN.1 templates of CompressedData (RFC 3274 §1.1), without the compressed content: the BER walk cuts that out.
#pragma once

#include "cms/asn1_common.hpp"

namespace cardseal::cms::asn1 {

struct CompressedContentInfo {
    ASN1_OBJECT* content_type;  ///< of what is inside, once it is expanded
};
DECLARE_ASN1_FUNCTIONS(CompressedContentInfo)

struct CompressedData {
    int32_t version;
    X509_ALGOR* compression_algorithm;
    CompressedContentInfo* encapsulated;
};
DECLARE_ASN1_FUNCTIONS(CompressedData)

/// ContentInfo with CompressedData.
struct CompressedMessage {
    ASN1_OBJECT* type;
    CompressedData* content;
};
DECLARE_ASN1_FUNCTIONS(CompressedMessage)

}  // namespace cardseal::cms::asn1
