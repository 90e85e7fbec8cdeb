// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyFilter: what FindKeys looks for.
#include "broker/key_filter.hpp"

#include <algorithm>

namespace cardseal::broker {

namespace {

constexpr size_t largest_answer = 16u << 20;  // a message over the bus's limit ends our connection

bool fits(const ipc::KeyFound& key, CertificatePresence wanted) {
    return wanted == CertificatePresence::Any || has_certificate(key) == (wanted == CertificatePresence::Present);
}

bool fits(const PresentKey& present, const KeyFilter& filter) {
    const auto& key = *present.key;
    if (!may_have_private_key(present) || !allows(key, filter.usage.value_or(Usage::Any))) return false;
    if (!fits(key, filter.certificate)) return false;
    if (filter.email && !has_address(key, *filter.email)) return false;
    if (filter.fingerprint && !has_fingerprint(key, *filter.fingerprint)) return false;
    if (filter.key && !names(*filter.key, present)) return false;
    if (filter.issuer_serial && !std::ranges::equal(*filter.issuer_serial, key.issuer_serial)) return false;
    return !filter.subject_key_identifier || *filter.subject_key_identifier == key.subject_key_identifier;
}

size_t size_of(const ipc::KeyFound& key) {
    size_t size = 4096 + key.certificate.size();
    for (const auto& certificate : key.chain) size += certificate.size();
    return size;
}

}  // namespace

std::vector<PresentKey> fitting_keys(std::span<const PresentKey> keys, const KeyFilter& filter) {
    std::vector<PresentKey> result;
    size_t size = 0;
    for (const auto& key : keys) {
        if (!fits(key, filter)) continue;
        size += size_of(*key.key);
        if (size > largest_answer) throw Error(ErrorCode::LimitExceeded, "too many keys for one answer: use a filter");
        result.push_back(key);
    }
    return result;
}

}  // namespace cardseal::broker
