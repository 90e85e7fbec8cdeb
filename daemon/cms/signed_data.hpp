// SPDX-License-Identifier: LGPL-2.1-or-later
// SignedData as it was received: the message's rest, decoded.
#pragma once

#include <vector>

#include "cms/asn1_signed.hpp"
#include "cms/certificate.hpp"

namespace cardseal::cms {

struct ReceivedSigner {
    asn1::SignerInfoPointer info;
    Bytes signed_attributes;  ///< as sent, but with the tag SET OF; empty if there are none
};

struct ReceivedSignedData {
    std::string content_type;               ///< dotted
    std::vector<Certificate> certificates;  ///< other kinds than X.509 are left out
    std::vector<CrlPointer> crls;           ///< likewise
    std::vector<ReceivedSigner> signers;
};

inline constexpr const char* id_data = "1.2.840.113549.1.7.1";

/// BadMessage if the rest of a cut message (ber.hpp) is not SignedData.
ReceivedSignedData read_signed_data(ByteView rest);

}  // namespace cardseal::cms
