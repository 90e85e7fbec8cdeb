// SPDX-License-Identifier: LGPL-2.1-or-later
// The judgement of one signer of a message: signature, attributes, key, certificate chain and usage.
#pragma once

#include "cms/chain.hpp"
#include "cms/content_digests.hpp"
#include "cms/mail_addresses.hpp"
#include "cms/signed_data.hpp"

namespace cardseal::cms {

/// What all signers of a message are judged against.
struct SignedContext {
    const ReceivedSignedData& message;
    const ContentDigests& digests;
    const Trust& trust;
    int64_t seconds;                                   ///< since 1970: chains are judged then
    const std::optional<MailAuthors>& authors;         ///< empty: it is not a mail, and nobody says who it is from
    const std::optional<MailAuthors>& signed_authors;  ///< those that the content itself names (RFC 9788)
};

/// Never throws for what the message says: that ends in the report.
ipc::SignerReport judge_signer(const ReceivedSigner& signer, const SignedContext& context);

}  // namespace cardseal::cms
