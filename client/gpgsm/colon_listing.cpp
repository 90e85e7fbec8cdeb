// SPDX-License-Identifier: LGPL-2.1-or-later
// Colon-separated key listings (GnuPG's doc/DETAILS): ours written, and put together with those of the real gpgsm.
#include "gpgsm/colon_listing.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace cardseal::gpgsm {

namespace {

/// A name comes from a stranger and must not end its field.
std::string field(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string safe;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || c == ':' || c == '\\')
            safe += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        else
            safe += c;
    }
    return safe;
}

/// A record with these fields, each at its number.
std::string record(std::string_view type, size_t fields, std::initializer_list<std::pair<size_t, std::string>> values) {
    std::vector<std::string> row(fields);
    row.front() = type;
    for (const auto& [number, value] : values) row.at(number - 1) = field(value);
    std::string line;
    for (const auto& value : row) line += value + ":";
    return line + "\n";
}

std::string validity_letter(const Entry& entry, const std::string& letter_of_gpgsm) {
    if (entry.validity == Validity::Revoked) return "r";
    if (entry.is_not_yet_valid()) return "i";
    if (entry.validity == Validity::Expired || entry.is_expired()) return "e";
    return entry.validity == Validity::Trusted ? "f" : letter_of_gpgsm;
}

/// What this key can do, then what all its keys can do, which is the same.
std::string capabilities(const Entry& entry) {
    return std::string(entry.can_encrypt ? "e" : "") + (entry.can_sign ? "s" : "") + (entry.can_encrypt ? "E" : "") +
           (entry.can_sign ? "S" : "");
}

std::string describe(const Entry& entry, SecretMark mark, const std::string& letter_of_gpgsm) {
    const auto& certificate = entry.certificate;
    const auto validity = validity_letter(entry, letter_of_gpgsm);
    const bool marked = entry.is_own() && mark == SecretMark::Shown;
    std::string text = record(entry.is_own() ? "crs" : "crt", 18,
                              {{2, validity},
                               {3, std::to_string(certificate.bits)},
                               {4, std::to_string(certificate.algorithm)},
                               {5, certificate.key_id()},
                               {6, certificate.created},
                               {7, certificate.expires},
                               {8, certificate.serial},
                               {10, certificate.issuer},
                               {12, capabilities(entry)},
                               {15, marked ? "+" : ""},
                               {17, certificate.curve}});
    text += record("fpr", 13, {{10, certificate.fingerprint}, {13, entry.issuer}});
    text += record("fp2", 13, {{10, certificate.fingerprint_256}});
    text += record("grp", 13, {{10, certificate.keygrip}});
    for (const auto& name : certificate.names) text += record("uid", 11, {{2, validity}, {10, name}});
    return text;
}

std::string field_of(std::string_view line, size_t number) {
    for (; number > 1; --number) line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
    return std::string(line.substr(0, line.find(':')));
}

struct Record {
    std::string text;
    std::string fingerprint;
};

/// One for each certificate.
std::vector<Record> divide(std::string_view listing) {
    std::vector<Record> records;
    while (!listing.empty()) {
        const auto line = listing.substr(0, std::min(listing.find('\n'), listing.size() - 1) + 1);
        listing.remove_prefix(line.size());
        if (records.empty() || line.starts_with("crt:") || line.starts_with("crs:")) records.emplace_back();
        records.back().text += line;
        if (line.starts_with("fpr:")) records.back().fingerprint = field_of(line, 10);
    }
    return records;
}

}  // namespace

std::string describe(const Entry& entry, SecretMark mark) { return describe(entry, mark, {}); }

std::vector<std::string> fingerprints_in(std::string_view listing) {
    std::vector<std::string> fingerprints;
    for (const auto& record : divide(listing))
        if (!record.fingerprint.empty()) fingerprints.push_back(record.fingerprint);
    return fingerprints;
}

std::string merge(std::vector<Entry> ours, SecretMark mark, std::string_view listed_by_gpgsm) {
    auto theirs = divide(listed_by_gpgsm);
    std::string listing;
    for (const auto& entry : ours) {
        const auto same = std::ranges::find(theirs, entry.certificate.fingerprint, &Record::fingerprint);
        const auto letter = same == theirs.end() ? std::string() : field_of(same->text, 2);
        listing += describe(entry, mark, letter);
        if (same != theirs.end()) theirs.erase(same);
    }
    for (const auto& record : theirs) listing += record.text;
    return listing;
}

}  // namespace cardseal::gpgsm
