// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the recipients of a message: which of them a private key could serve, and with what request.
#pragma once

#include <variant>
#include <vector>

#include "cms/asn1_enveloped.hpp"
#include "cms/key_agreement.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

/// RSA: the request is complete.
struct TransportedKey {
    ipc::UnwrapContentKey request;
};

/// ECDH or X25519: the point is as the message has it; it means something on the recipient's curve only.
struct AgreedKey {
    KeyType type;
    ipc::AgreeKey request;
    KeyWrap wrap;
    Bytes wrapped_key;
};

struct Recipient {
    ipc::RecipientIdentifier identifier;
    std::variant<TransportedKey, AgreedKey> content_key;
};

/// In message order, and of several for one identifier the first alone: who could make us try a second one would learn
/// something from it. Those that name what we do not support are left out; if no other is there, Error says why:
/// UnsupportedAlgorithm or BadMessage.
std::vector<Recipient> read_recipients(const asn1::RecipientInfos* infos, size_t content_key_length);

/// The content-encryption key's transport by OAEP (RFC 4055 §4.1).
void read_oaep_parameters(const X509_ALGOR* algorithm, ipc::UnwrapContentKey& request);

}  // namespace cardseal::cms
