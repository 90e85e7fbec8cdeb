// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyAgreeRecipientInfo by the text of RFC 5753 and RFC 8418, made with none of the code that reads it.
#pragma once

#include <openssl/objects.h>

#include "base/secret.hpp"
#include "test_pki.hpp"

namespace cardseal::cms::test {

enum class DerivedBy { X963, Hkdf };
enum class NamedBy { IssuerAndSerial, KeyIdentifier, KeyIdentifierAndDate };

/// How the key is agreed; the defaults are what RFC 5753 §8 asks of everybody.
struct AgreementText {
    std::string scheme = "1.3.132.1.11.1";  ///< dhSinglePass-stdDH-sha256kdf-scheme
    Digest digest = Digest::Sha256;
    DerivedBy derivation = DerivedBy::X963;
    int wrap = NID_id_aes256_wrap;
    Bytes wrap_parameters = {};        ///< DER; empty: absent
    Bytes ukm = {};                    ///< empty: absent
    Bytes originator_parameters = {};  ///< DER; empty: absent
    point_conversion_form_t form = POINT_CONVERSION_UNCOMPRESSED;
    NamedBy named_by = NamedBy::IssuerAndSerial;
    Bytes ephemeral_key = {};  ///< in the message instead of the true one; empty: the true one
};

/// DER of one RecipientInfo with a key for each of them, whose keys are on one curve.
Bytes agreed_recipient_info(const std::vector<const Identity*>& identities, const Secret& content_key,
                            const AgreementText& text = {});

}  // namespace cardseal::cms::test
