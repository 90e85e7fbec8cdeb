// SPDX-License-Identifier: LGPL-2.1-or-later
// What it means for a person that a signature is not valid, and what can be done about it.
#include "command/advice.hpp"

#include <algorithm>

namespace cardseal::client {

namespace {

Advice about_signature(const Signer& signer) {
    if (signer.fingerprint.empty())
        return {"nobody can tell whose signature this is",
                "ask the sender to have his program send the certificate along"};
    if (signer.signature_algorithm.empty())
        return {"the signature was not checked: it is made in a way that is not known here, or not safe",
                "ask the sender to sign with SHA-256 and RSA, ECDSA or Ed25519"};
    return {"the mail was changed on its way, as some mailing lists and virus scanners do, or it is forged",
            "ask the sender, but not by answering this mail, whether he wrote that"};
}

Advice about_chain(const std::string& chain) {
    if (chain == "revoked")
        return {"the certificate was withdrawn: somebody else may have its key",
                "ask the sender, but not by answering this mail, whether he wrote that"};
    if (chain == "expired")
        return {"nobody vouches any longer, or not yet, for whose certificate it is",
                "judge it as of the day when the mail came: cardseal verify --at TIME"};
    if (chain == "unknown")
        return {"the certificate may have been withdrawn: no revocation list that is configured says that it was not",
                "add its authority's list, or a newer one, to [trust] crls in cardseal.toml"};
    return {"anybody can make a certificate in anybody's name: no authority that you trust stands behind this one",
            "if you trust its authority, add that to [trust] anchors in cardseal.toml; for once: --trust PEM"};
}

}  // namespace

Advice advice_about(const Signer& signer) {
    const bool is_weak = std::ranges::find(signer.weaknesses, signer.reason) != signer.weaknesses.end();
    if (signer.signature != "good") return about_signature(signer);
    if (is_weak) return {"somebody else could have made this signature", "ask the sender for SHA-256 and a longer key"};
    if (signer.chain != "trusted") return about_chain(signer.chain);
    if (signer.address_match == "mismatch")
        return {"the mail shows one sender, and another one signed it",
                "believe the certificate, not the mail's From; ask whom you know if in doubt"};
    return {"the certificate is not made for signing mail", "ask the sender to sign with one that is"};
}

}  // namespace cardseal::client
