// SPDX-License-Identifier: LGPL-2.1-or-later
// Which key is meant: by the names that people and programs give (KEY in the interface), and by a message's recipients.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "broker/token_selection.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::broker {

enum class Usage { Any, Sign, Decrypt };

/// A key and the token that it is on, as last listed; borrowed from the listing.
struct PresentKey {
    const ipc::TokenFound* token;
    const ipc::KeyFound* key;
};

/// Not so for a key that is there before its certificate.
bool has_certificate(const ipc::KeyFound& key);
/// The key's certificate allows it (RFC 5280 §4.2.1.3).
bool allows(const ipc::KeyFound& key, Usage usage);
/// Its private key is on the token, or may show after login.
bool may_have_private_key(const PresentKey& key);
bool is_valid_at(const ipc::KeyFound& key, uint64_t seconds);
/// Compared without case, as a whole, local part included.
bool has_address(const ipc::KeyFound& key, const std::string& address);
/// The certificate's SHA-256 fingerprint, or a beginning of it, in hexadecimal of either case.
bool has_fingerprint(const ipc::KeyFound& key, const std::string& fingerprint);

/// Has KEY a form that names keys?
bool may_name_key(const std::string& name);

/// Does KEY name it? InvalidArgs if KEY is a malformed URI.
bool names(const std::string& name, const PresentKey& key);

/// The one key that KEY names; with Usage::Any it may be one that has no certificate. Errors: NoSuchKey; TokenAbsent if
/// KEY is a URI of a token that is not there; Ambiguous, listing them, if several keys fit; CertificateUnusable if its
/// certificate does not allow the usage.
PresentKey select_key(std::span<const PresentKey> keys, std::span<const ipc::TokenFound* const> tokens,
                      const std::string& name, Usage usage, uint64_t now);

/// The one present key that fits, on one token. NoSuchKey; Ambiguous, listing them.
PresentKey only_key_that(std::span<const PresentKey> keys, const std::function<bool(const PresentKey&)>& fits);

/// The key that a certificate is requested for when nobody says: the only one that has none. NoSuchKey, Ambiguous.
PresentKey only_uncertified_key(std::span<const PresentKey> keys);

/// CertificateUnusable unless the certificate is valid at the time.
void require_valid(const ipc::KeyFound& key, uint64_t now);

/// For people: when the certificate expired, or will be valid; empty if it is valid at the time.
std::string validity_note(const ipc::KeyFound& key, uint64_t now);

struct RecipientChoice {
    uint32_t index;  ///< into the recipients
    PresentKey key;
};

/// The recipient to use: on a token that is logged in, else on one that is present, each in the message's order. Of
/// several recipients of one certificate the first. Errors: NoMatchingKey; CertificateUnusable if there are keys, but
/// none whose certificate allows decryption.
RecipientChoice choose_recipient(std::span<const PresentKey> keys,
                                 std::span<const ipc::RecipientIdentifier> recipients);

/// The key that mail to a signer is encrypted to, if the signer's own cannot decrypt: on the same token, valid, with a
/// common address, of several the newest certificate's; null if there is none.
const ipc::KeyFound* decryption_key_beside(std::span<const PresentKey> keys, const PresentKey& signer, uint64_t now);

/// As many keys as a person may have; a token with more is a gateway's, where nobody means all of them.
inline constexpr size_t max_own_keys = 8;

/// The keys that a sender's own copy is encrypted to when nobody says: those on present tokens that can decrypt.
/// Ambiguous if there are more than max_own_keys.
std::vector<PresentKey> own_keys(std::span<const PresentKey> keys, uint64_t now);

}  // namespace cardseal::broker
