// SPDX-License-Identifier: LGPL-2.1-or-later
// The only bytes that this process signs: the DER SET OF Attribute of a CMS signer (RFC 5652 §5.3).
//
// What crosses here, and who is believed: the bytes come from a process that may be in an attacker's hands. They are
// signed only if they are signed attributes and can be taken for nothing else, so that a signature never becomes one
// over a content, a certificate or a challenge of a login protocol.
#pragma once

#include "base/bytes.hpp"

namespace cardseal::token {

/// InvalidArgs unless `bytes` are exactly one SET OF SEQUENCE {OBJECT IDENTIFIER, SET OF value} in DER (X.690 §10,
/// §11.6) of at most 16 KiB, with exactly one content-type (one OBJECT IDENTIFIER) and exactly one message-digest (one
/// OCTET STRING of `digest_size` bytes).
void check_signed_attributes(ByteView bytes, size_t digest_size);

}  // namespace cardseal::token
