// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys and certificates that the daemon has, as gpgsm would hold them, and which of them a pattern means.
#include "gpgsm/key_ring.hpp"

#include <algorithm>

namespace cardseal::gpgsm {

namespace {

bool contains(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return result;
}

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }

/// SHA-1 and SHA-256 fingerprints, long and short key ids.
bool fits_number(const Certificate& certificate, const std::string& digits) {
    if (digits.size() == 64) return lower(certificate.fingerprint_256) == digits;
    return (digits.size() == 40 || digits.size() == 16 || digits.size() == 8) &&
           lower(certificate.fingerprint).ends_with(digits);
}

bool fits_serial(const Certificate& certificate, const std::string& name) {
    const auto slash = name.find('/');
    return lower(certificate.serial) == name.substr(0, slash) &&
           (slash == name.npos || lower(certificate.issuer) == name.substr(slash + 1));
}

bool has_name(const Certificate& certificate, const std::string& name) {
    return std::ranges::any_of(certificate.names, [&](const auto& candidate) { return lower(candidate) == name; });
}

bool has_part(const Certificate& certificate, const std::string& part) {
    return std::ranges::any_of(certificate.names,
                               [&](const auto& candidate) { return lower(candidate).find(part) != part.npos; });
}

std::string issuer_of(const Certificate& certificate, const std::vector<std::vector<uint8_t>>& chain) {
    if (certificate.is_self_signed()) return certificate.fingerprint;
    for (const auto& der : chain)
        if (const auto issuer = read_certificate(der); issuer && issuer->subject == certificate.issuer)
            return issuer->fingerprint;
    return {};
}

Validity validity_of(std::string_view chain) {
    if (chain == "trusted") return Validity::Trusted;
    if (chain == "expired") return Validity::Expired;
    if (chain == "revoked") return Validity::Revoked;
    return Validity::Unjudged;
}

std::vector<Entry> entries_of(const std::vector<client::Key>& keys) {
    std::vector<Entry> entries;
    for (const auto& key : keys) {
        auto certificate = read_certificate(key.certificate);
        if (!certificate) continue;  // a key that has none yet, or one that gpgsm could not read either
        Entry entry;
        entry.der = key.certificate;
        entry.key = key.id;
        entry.issuer = issuer_of(*certificate, key.chain);
        entry.chain = key.chain;
        entry.can_sign = contains(key.usages, "sign");
        entry.can_encrypt = contains(key.usages, "decrypt");
        entry.validity = validity_of(key.verdict);
        entry.certificate = std::move(*certificate);
        entries.push_back(std::move(entry));
    }
    return entries;
}

}  // namespace

bool fits(const Entry& entry, std::string_view pattern) {
    auto wanted = lower(pattern);
    if (wanted.starts_with("0x")) wanted.erase(0, 2);
    const auto& certificate = entry.certificate;
    const bool is_number = is_hex(wanted) && wanted.size() % 8 == 0;
    if (is_number && fits_number(certificate, wanted)) return true;
    switch (wanted.empty() ? '\0' : wanted.front()) {
        case '\0':
            return true;
        case '&':
            return lower(certificate.keygrip) == wanted.substr(1);
        case '<':
            return has_name(certificate, wanted);
        case '/':
            return lower(certificate.subject) == wanted.substr(1);
        case '#':
            return wanted[1] == '/' ? lower(certificate.issuer) == wanted.substr(2)
                                    : fits_serial(certificate, wanted.substr(1));
        case '*':
            return has_part(certificate, wanted.substr(1));
        default:
            return has_part(certificate, wanted);
    }
}

std::vector<Entry> matching(std::vector<Entry> entries, const std::vector<std::string>& patterns) {
    if (!patterns.empty())
        std::erase_if(entries, [&](const auto& entry) {
            return std::ranges::none_of(patterns, [&](const auto& pattern) { return fits(entry, pattern); });
        });
    return entries;
}

std::vector<Entry> own_keys(client::Client& daemon) { return entries_of(daemon.list()); }

std::vector<Entry> judged_own_keys(client::Client& daemon) {
    client::KeyFilter filter;
    filter.verdicts = client::Verdicts::Wanted;
    try {  // a daemon that cannot judge now, or of a version that never could, still has the keys
        return entries_of(daemon.list(filter));
    } catch (const client::Error&) {
        return own_keys(daemon);
    }
}

std::vector<Entry> other_certificates(client::Client& daemon) {
    std::vector<Entry> entries;
    for (const auto& stored : daemon.certificates()) {
        auto certificate = read_certificate(stored.certificate);
        if (!certificate) continue;
        Entry entry;
        entry.der = stored.certificate;
        entry.issuer = issuer_of(*certificate, {});
        entry.is_of_the_system = stored.source == "system";
        entry.can_sign = contains(stored.usages, "sign");
        entry.can_encrypt = contains(stored.usages, "encrypt");
        entry.validity = validity_of(stored.chain);
        entry.unusable = stored.reason;
        entry.certificate = std::move(*certificate);
        entries.push_back(std::move(entry));
    }
    return entries;
}

}  // namespace cardseal::gpgsm
