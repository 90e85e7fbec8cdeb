// SPDX-License-Identifier: LGPL-2.1-or-later
// Making the RecipientInfo by which a certificate's owner gets the content-encryption key.
#pragma once

#include "base/secret.hpp"
#include "cms/asn1_enveloped.hpp"
#include "cms/certificate.hpp"

namespace cardseal::cms {

/// The AlgorithmIdentifier of OAEP as make_recipient_info() writes it, in DER.
Bytes oaep_identifier();

/// RSA key transport, or ECDH or X25519 with an ephemeral key of its own, by the certificate's key type (RSA, EC or
/// X25519, nothing else).
asn1::RecipientInfoPointer make_recipient_info(const Certificate& certificate, KeyTransport rsa_transport,
                                               const Secret& content_key);

}  // namespace cardseal::cms
