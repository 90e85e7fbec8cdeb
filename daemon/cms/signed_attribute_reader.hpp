// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding a signed attribute among those of a signer (RFC 5652 §5.3, §11).
#pragma once

#include "cms/asn1_signed.hpp"

namespace cardseal::cms {

namespace attribute_type {
inline constexpr const char* content_type = "1.2.840.113549.1.9.3";
inline constexpr const char* message_digest = "1.2.840.113549.1.9.4";
inline constexpr const char* signing_time = "1.2.840.113549.1.9.5";
inline constexpr const char* smime_capabilities = "1.2.840.113549.1.9.15";
inline constexpr const char* encryption_key_preference = "1.2.840.113549.1.9.16.2.11";
inline constexpr const char* signing_certificate = "1.2.840.113549.1.9.16.2.12";
inline constexpr const char* signing_certificate_v2 = "1.2.840.113549.1.9.16.2.47";
inline constexpr const char* algorithm_protection = "1.2.840.113549.1.9.52";
}  // namespace attribute_type

struct FoundAttribute {
    int count = 0;                     ///< attributes of that type
    const ASN1_TYPE* value = nullptr;  ///< the one value of the one attribute; null if there is none or not one
};

/// Attributes of that type (dotted); `attributes` may be null.
FoundAttribute find_attribute(const asn1::SignedAttributes* attributes, const char* type);

/// The bytes of a value that is a SEQUENCE, else empty.
ByteView sequence_of(const ASN1_TYPE* value);

}  // namespace cardseal::cms
