// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether a certificate can be encrypted to, and why not.
#pragma once

#include "cms/chain.hpp"

namespace cardseal::cms {

/// Why nothing can be encrypted to the certificate at `seconds`, or for nobody with such a key; empty if it can: valid
/// then, of a strong key for key transport or agreement.
std::string encryption_refusal(const Certificate& certificate, int64_t seconds);

/// Its key is strong enough and, by its type and the key usage, for key transport or agreement.
bool can_encrypt(const Certificate& certificate);

struct RecipientJudgement {
    std::string refusal;  ///< why it is no recipient for mail; empty if it is one
    ipc::ChainVerdict chain = ipc::ChainVerdict::Unknown;
};

/// The same for another person's certificate: it must be for mail too, and neither revoked nor of an expired chain as
/// far as the configured anchors and CRLs say. An untrusted chain is no reason: who gave the certificate vouches for
/// it.
RecipientJudgement judge_recipient(const Certificate& certificate, const Trust& trust, const Companions& companions,
                                   int64_t seconds);

}  // namespace cardseal::cms
