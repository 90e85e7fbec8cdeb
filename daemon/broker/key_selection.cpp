// SPDX-License-Identifier: LGPL-2.1-or-later
// Which key is meant: by the names that people and programs give (KEY in the interface), and by a message's recipients.
#include "broker/key_selection.hpp"

#include <algorithm>
#include <ctime>
#include <map>

namespace cardseal::broker {

namespace {

constexpr size_t shortest_beginning = 8;  // hex digits
constexpr std::string_view key_id_prefix = "sha256:";

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& character : result)
        if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + ('a' - 'A'));
    return result;
}

/// The digits of a key id, a fingerprint, or a beginning of either.
std::optional<std::string> digits_of(const std::string& name) {
    auto digits = lower(name);
    if (digits.starts_with(key_id_prefix)) digits.erase(0, key_id_prefix.size());
    const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == digits.npos;
    if (!hexadecimal || digits.size() < shortest_beginning || digits.size() > 64) return std::nullopt;
    return digits;
}

bool digits_name(const std::string& name, const std::string& digits, const ipc::KeyFound& key) {
    if (std::string_view(key.reference.key.value).substr(key_id_prefix.size()).starts_with(digits)) return true;
    return !lower(name).starts_with(key_id_prefix) && key.fingerprint.starts_with(digits);
}

bool uri_names_key(const UriAttributes& wanted, const PresentKey& key) {
    if (!uri_names_token(wanted, *key.token)) return false;
    const auto have = parse_pkcs11_uri(key.key->uri);
    return std::ranges::all_of(wanted, [&](const auto& attribute) {
        const auto& [name, value] = attribute;
        // A certificate's or public key's URI names its key as well.
        if (token_attribute(*key.token, name) || name == "type" || name.starts_with("library-")) return true;
        const auto found = have.find(name);
        return found != have.end() && found->second == value;
    });
}

/// Better: open before locked, newer before older (a renewed certificate of the same key).
bool is_better(const PresentKey& left, const PresentKey& right) {
    if (is_open(*left.token) != is_open(*right.token)) return is_open(*left.token);
    return left.key->not_after > right.key->not_after;
}

/// One of each key: the same key may be on several tokens, and have several certificates.
std::vector<PresentKey> distinct(std::span<const PresentKey> keys) {
    std::vector<PresentKey> result;
    for (const auto& key : keys) {
        const auto same = std::ranges::find_if(
            result, [&](const PresentKey& other) { return other.key->reference.key == key.key->reference.key; });
        if (same == result.end())
            result.push_back(key);
        else if (is_better(key, *same))
            *same = key;
    }
    return result;
}

template <class Predicate>
std::vector<PresentKey> only(std::span<const PresentKey> keys, Predicate predicate) {
    std::vector<PresentKey> result;
    std::ranges::copy_if(keys, std::back_inserter(result), predicate);
    return result;
}

std::string listed(std::span<const PresentKey> keys) {
    std::string text;
    for (const auto& key : keys)
        text += (text.empty() ? "" : ", ") + key.key->reference.key.value + " ('" + key.key->label + "' on token '" +
                key.token->label + "', serial " + key.token->serial + ")";
    return text;
}

[[noreturn]] void none_found(std::span<const ipc::TokenFound* const> tokens, const std::string& name) {
    if (is_pkcs11_uri(name)) {
        const auto wanted = parse_pkcs11_uri(name);
        const auto present = [&](const ipc::TokenFound* token) { return uri_names_token(wanted, *token); };
        if (std::ranges::none_of(tokens, present)) {
            const auto label = wanted.find("token");
            throw Error(ErrorCode::TokenAbsent,
                        "the token '" + (label == wanted.end() ? name : label->second) + "' is not there");
        }
    } else if (!may_name_key(name)) {
        throw Error(ErrorCode::NoSuchKey, "'" + name + "' is no key id, fingerprint, e-mail address or PKCS#11 URI");
    }
    throw Error(ErrorCode::NoSuchKey, "no key fits '" + name + "'");
}

std::vector<PresentKey> certified(std::span<const PresentKey> keys) {
    auto certified = only(keys, [](const PresentKey& key) { return has_certificate(*key.key); });
    if (certified.empty())
        throw Error(ErrorCode::NoSuchKey, "the key " + keys.front().key->reference.key.value +
                                              " has no certificate yet: 'cardseal request' makes a request for one, "
                                              "'cardseal import-certificate' stores it");
    return certified;
}

std::string usage_text(Usage usage) { return usage == Usage::Sign ? "signing" : "decryption"; }

std::string date_of(uint64_t seconds) {
    const auto time = static_cast<time_t>(seconds);
    tm fields{};
    char text[32];
    gmtime_r(&time, &fields);
    return std::string(text, strftime(text, sizeof text, "%Y-%m-%d", &fields));
}

/// Several certificates of one person: what cannot be used is not what is meant, unless nothing else is there.
std::vector<PresentKey> prefer_usable(std::vector<PresentKey> keys, uint64_t now) {
    auto valid = only(keys, [&](const PresentKey& key) { return is_valid_at(*key.key, now); });
    return valid.empty() ? std::move(keys) : valid;
}

bool identifies(const ipc::RecipientIdentifier& recipient, const ipc::KeyFound& key) {
    if (recipient.kind == ipc::RecipientIdentifierKind::IssuerSerial)
        return std::ranges::equal(recipient.value, key.issuer_serial);
    return !recipient.value.empty() && recipient.value == key.subject_key_identifier;
}

std::optional<RecipientChoice> first_choice(std::span<const PresentKey> keys,
                                            std::span<const ipc::RecipientIdentifier> recipients) {
    for (uint32_t index = 0; index < recipients.size(); ++index)
        for (const auto& key : keys)
            if (identifies(recipients[index], *key.key)) return RecipientChoice{index, key};
    return std::nullopt;
}

}  // namespace

bool has_certificate(const ipc::KeyFound& key) { return !key.certificate.empty(); }

bool allows(const ipc::KeyFound& key, Usage usage) {
    return usage == Usage::Any || (usage == Usage::Sign ? key.may_sign : key.may_decrypt);
}

bool may_have_private_key(const PresentKey& key) { return key.key->has_private_key || !is_open(*key.token); }

bool is_valid_at(const ipc::KeyFound& key, uint64_t seconds) {
    return key.not_before <= seconds && seconds <= key.not_after;
}

bool has_address(const ipc::KeyFound& key, const std::string& address) {
    return std::ranges::any_of(key.addresses, [&](const auto& own) { return lower(own) == lower(address); });
}

bool has_fingerprint(const ipc::KeyFound& key, const std::string& fingerprint) {
    return key.fingerprint.starts_with(lower(fingerprint));
}

bool may_name_key(const std::string& name) {
    return try_pkcs11_uri(name) || digits_of(name) || name.find('@') != name.npos;
}

bool names(const std::string& name, const PresentKey& key) {
    if (is_pkcs11_uri(name)) return uri_names_key(parse_pkcs11_uri(name), key);
    if (const auto digits = digits_of(name)) return digits_name(name, *digits, *key.key);
    return name.find('@') != name.npos && has_address(*key.key, name);
}

PresentKey select_key(std::span<const PresentKey> keys, std::span<const ipc::TokenFound* const> tokens,
                      const std::string& name, Usage usage, uint64_t now) {
    auto fitting = only(keys, [&](const PresentKey& key) { return names(name, key); });
    if (fitting.empty()) none_found(tokens, name);
    fitting = only(fitting, may_have_private_key);
    if (fitting.empty())
        throw Error(ErrorCode::NoSuchKey, "the private key of the certificate that fits '" + name + "' is not there");
    if (usage != Usage::Any) fitting = certified(fitting);
    fitting = only(fitting, [&](const PresentKey& key) { return allows(*key.key, usage); });
    if (fitting.empty())
        throw Error(ErrorCode::CertificateUnusable,
                    "the certificate of '" + name + "' does not allow " + usage_text(usage));
    fitting = distinct(prefer_usable(std::move(fitting), now));
    if (fitting.size() > 1) throw Error(ErrorCode::Ambiguous, "'" + name + "' fits several keys: " + listed(fitting));
    return fitting.front();
}

PresentKey only_key_that(std::span<const PresentKey> keys, const std::function<bool(const PresentKey&)>& fits) {
    std::vector<PresentKey> fitting;
    for (const auto& key : keys) {
        const auto same = [&](const PresentKey& other) { return other.key->reference == key.key->reference; };
        if (fits(key) && may_have_private_key(key) && std::ranges::none_of(fitting, same)) fitting.push_back(key);
    }
    if (fitting.empty())
        throw Error(ErrorCode::NoSuchKey,
                    "the certificate is for no key on a present token: insert its token, or name the token, as some "
                    "keys show after its login only");
    if (fitting.size() > 1)
        throw Error(ErrorCode::Ambiguous, "the file is for several keys, name the token: " + listed(fitting));
    return fitting.front();
}

PresentKey only_uncertified_key(std::span<const PresentKey> keys) {
    const auto fitting = distinct(
        only(keys, [](const PresentKey& key) { return !has_certificate(*key.key) && may_have_private_key(key); }));
    if (fitting.empty())
        throw Error(ErrorCode::NoSuchKey,
                    "no key on a present token is without a certificate: 'cardseal keygen' makes one, and some keys "
                    "show after 'cardseal unlock' only");
    if (fitting.size() > 1)
        throw Error(ErrorCode::Ambiguous, "several keys are without a certificate: " + listed(fitting));
    return fitting.front();
}

void require_valid(const ipc::KeyFound& key, uint64_t now) {
    if (is_valid_at(key, now)) return;
    const bool early = now < key.not_before;
    throw Error(ErrorCode::CertificateUnusable,
                "the certificate of key " + key.reference.key.value + (early ? " is not yet valid" : " has expired"));
}

std::string validity_note(const ipc::KeyFound& key, uint64_t now) {
    if (is_valid_at(key, now)) return {};
    if (now < key.not_before) return "the certificate of this key is not valid before " + date_of(key.not_before);
    return "the certificate of this key expired on " + date_of(key.not_after);
}

RecipientChoice choose_recipient(std::span<const PresentKey> keys,
                                 std::span<const ipc::RecipientIdentifier> recipients) {
    const auto present =
        only(keys, [](const PresentKey& key) { return has_certificate(*key.key) && may_have_private_key(key); });
    const auto usable = only(present, [](const PresentKey& key) { return allows(*key.key, Usage::Decrypt); });
    const auto open = only(usable, [](const PresentKey& key) { return is_open(*key.token); });
    if (const auto choice = first_choice(open, recipients)) return *choice;
    if (const auto choice = first_choice(usable, recipients)) return *choice;
    if (const auto choice = first_choice(present, recipients))
        throw Error(ErrorCode::CertificateUnusable,
                    "the certificate of key " + choice->key.key->reference.key.value + " does not allow decryption");
    throw Error(ErrorCode::NoMatchingKey, "none of the message's recipients has its key on a present token");
}

const ipc::KeyFound* decryption_key_beside(std::span<const PresentKey> keys, const PresentKey& signer, uint64_t now) {
    const ipc::KeyFound* found = nullptr;
    if (allows(*signer.key, Usage::Decrypt)) return found;
    const auto is_fit = [&](const PresentKey& key) {
        return key.token == signer.token && allows(*key.key, Usage::Decrypt) && is_valid_at(*key.key, now) &&
               may_have_private_key(key) &&
               std::ranges::any_of(signer.key->addresses, [&](const auto& own) { return has_address(*key.key, own); });
    };
    for (const auto& key : keys)
        if (is_fit(key) && (!found || key.key->not_before > found->not_before)) found = key.key;
    return found;
}

std::vector<PresentKey> own_keys(std::span<const PresentKey> keys, uint64_t now) {
    const auto usable = only(keys, [&](const PresentKey& key) {
        return may_have_private_key(key) && allows(*key.key, Usage::Decrypt) && is_valid_at(*key.key, now);
    });
    auto own = distinct(usable);
    if (own.size() > max_own_keys)
        throw Error(ErrorCode::Ambiguous,
                    "more than " + std::to_string(max_own_keys) +
                        " keys on present tokens can decrypt, choose 'originator': " + listed(own));
    return own;
}

}  // namespace cardseal::broker
