// SPDX-License-Identifier: LGPL-2.1-or-later
// The S/MIME capabilities that a signer of ours announces (RFC 8551 §2.5.2).
#pragma once

#include "cms/certificate.hpp"

namespace cardseal::cms {

/// DER SMIMECapabilities: what we decrypt, best first, and how the content's key may reach `encryption`, the
/// certificate that mail to the signer is encrypted to (null: none).
Bytes own_capabilities(const Certificate* encryption);

}  // namespace cardseal::cms
