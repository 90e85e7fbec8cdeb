// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys and certificates that the daemon has, as gpgsm would hold them, and which of them a pattern means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cardseal.hpp"
#include "gpgsm/certificate.hpp"

namespace cardseal::gpgsm {

/// What the daemon found when it judged the chain; Unjudged where it does not say.
enum class Validity { Unjudged, Trusted, Expired, Revoked };

struct Entry {
    Certificate certificate;
    std::vector<uint8_t> der;
    std::string key;                          ///< id of the key on a token; empty for another person's certificate
    std::string issuer;                       ///< fingerprint of the issuer's certificate, if it is at hand
    std::vector<std::vector<uint8_t>> chain;  ///< of one's own: the certificates above that its token has
    bool can_sign = false;
    bool is_of_the_system = false;  ///< another person's, in a folder that is not the user's
    bool can_encrypt = false;       ///< its owner can decrypt
    Validity validity = Validity::Unjudged;
    std::string unusable;  ///< why it cannot be encrypted to, of another person's certificate

    bool is_own() const { return !key.empty(); }
    bool is_expired() const { return certificate.expires < iso_now(); }
    bool is_not_yet_valid() const { return certificate.created > iso_now(); }
};

/// gpgsm's ways to name a certificate: a fingerprint, a key id, "&keygrip", "<address>", "/subject", "#serial/issuer",
/// or a part of its names.
bool fits(const Entry& entry, std::string_view pattern);

/// Those that fit one of the patterns; all if there is none.
std::vector<Entry> matching(std::vector<Entry> entries, const std::vector<std::string>& patterns);

/// The keys on tokens that are present, their chains unjudged.
std::vector<Entry> own_keys(client::Client& daemon);
/// The same with the daemon's verdicts, if it has any.
std::vector<Entry> judged_own_keys(client::Client& daemon);
/// Other people's certificates in the daemon's folders.
std::vector<Entry> other_certificates(client::Client& daemon);

}  // namespace cardseal::gpgsm
