// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding a signed attribute among those of a signer.
#include "cms/signed_attribute_reader.hpp"

namespace cardseal::cms {

FoundAttribute find_attribute(const asn1::SignedAttributes* attributes, const char* type) {
    FoundAttribute found;
    for (int i = 0; i < asn1::sk_Attribute_num(attributes); ++i) {
        const auto* attribute = asn1::sk_Attribute_value(attributes, i);
        if (dotted(attribute->type) != type) continue;
        ++found.count;
        const bool single = found.count == 1 && sk_ASN1_TYPE_num(attribute->values) == 1;
        found.value = single ? sk_ASN1_TYPE_value(attribute->values, 0) : nullptr;
    }
    return found;
}

ByteView sequence_of(const ASN1_TYPE* value) {
    return value && value->type == V_ASN1_SEQUENCE ? view_of(value->value.sequence) : ByteView();
}

}  // namespace cardseal::cms
