// SPDX-License-Identifier: LGPL-2.1-or-later
// Capabilities: what a signer said that its owner's program reads (SMIMECapabilities, RFC 8551 §2.5.2).
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace cardseal::cms {

struct Capabilities {
    std::vector<std::string> names;  ///< "aes-256-gcm", or a dotted object identifier; each once, at most 32
    bool aes_256_gcm = false;
    bool oaep = false;  ///< with SHA-256, as we write it, or without saying how
};

/// Unknown entries keep their numbers; what is no SMIMECapabilities says nothing.
Capabilities read_capabilities(ByteView der);

}  // namespace cardseal::cms
