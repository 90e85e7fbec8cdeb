// SPDX-License-Identifier: LGPL-2.1-or-later
// Envelope: what a message to decrypt says about itself, read and checked before any key is asked for.
#pragma once

#include "cms/ber.hpp"
#include "cms/content_cipher.hpp"
#include "cms/recipient_reader.hpp"

namespace cardseal::cms {

struct Envelope {
    ContentAlgorithm algorithm;
    std::vector<Recipient> recipients;
    ContentPlace content;
    Bytes authenticated_attributes;  ///< DER of the SET, or empty (AEAD)
    Bytes tag;                       ///< AEAD
};

/// BadMessage, UnsupportedAlgorithm, LimitExceeded.
Envelope read_envelope(const Source& message);

}  // namespace cardseal::cms
