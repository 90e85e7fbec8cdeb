// SPDX-License-Identifier: LGPL-2.1-or-later
// What a valid signature teaches about writing to its signer.
#pragma once

#include <optional>

#include "cms/signer_judgement.hpp"
#include "ipc/certificate_messages.hpp"

namespace cardseal::cms {

/// The certificate to encrypt to: the one that the signer prefers (RFC 8551 §2.5.3.1) if it is in the message and its
/// chain is trusted, else the signer's own; and the signer's capabilities. Nothing if the report is not valid
/// (RFC 8551 §2.7.1).
std::optional<ipc::Learned> learned_from(const ReceivedSigner& signer, const ipc::SignerReport& report,
                                         const SignedContext& context);

}  // namespace cardseal::cms
