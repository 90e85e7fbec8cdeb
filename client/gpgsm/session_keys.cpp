// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that list keys and choose signers and recipients.
#include <algorithm>
#include <functional>

#include "gpgsm/errors.hpp"
#include "gpgsm/session.hpp"

namespace cardseal::gpgsm {

namespace {

/// Reasons of INV_SGNR and INV_RECP (GnuPG's doc/DETAILS).
enum Reason { not_specified = 0, not_found = 1, ambiguous = 2, key_expired = 5, no_secret_key = 9 };

bool is_fingerprint(const std::string& pattern) {
    return pattern.size() == 40 && pattern.find_first_not_of("0123456789ABCDEF") == pattern.npos;
}

/// One's own may be among the others.
std::vector<Entry> united(std::vector<Entry> own, std::vector<Entry> others) {
    for (const auto& entry : own)
        std::erase_if(
            others, [&](const Entry& other) { return other.certificate.fingerprint == entry.certificate.fingerprint; });
    std::ranges::move(others, std::back_inserter(own));
    return own;
}

}  // namespace

std::vector<Entry> Session::all_entries() { return united(entries_of(own_keys), entries_of(other_certificates)); }

/// Then nobody else can know more, and gpgsm need not be started. Its verdict is wanted where the daemon has none.
bool Session::names_own_keys_only(const std::vector<std::string>& patterns, const std::vector<Entry>& own) const {
    const auto settled = [&](const std::string& pattern) {
        const auto found =
            std::ranges::find(own, pattern, [](const Entry& entry) { return entry.certificate.fingerprint; });
        return found != own.end() && (found->validity != Validity::Unjudged || !option_is("with-validation", "1"));
    };
    return !patterns.empty() && std::ranges::all_of(patterns, settled);
}

Session::Reply Session::do_list(const Command& command) {
    if (option_is("list-to-output", "1")) return pass_on_with_data(command);
    const bool secret = command.name.find("SECRET") != command.name.npos;
    const auto patterns = parse_words(command.arguments).patterns();
    // gpgsm works while the daemon does, if it is certain to be asked.
    const auto question = command.name + " " + command.arguments;
    const bool is_certain =
        (patterns.empty() || !std::ranges::all_of(patterns, is_fingerprint)) && !real_is_empty() && real();
    if (is_certain) real_->begin(question);
    auto found = entries_of(judged_own_keys);
    std::string listed_by_gpgsm;
    if (!names_own_keys_only(patterns, found)) {
        listed_by_gpgsm = is_certain ? real_->result(caller_).value_or("") : listed_by_real(question);
        if (!secret) found = united(std::move(found), entries_of(other_certificates));
    }
    found = matching(std::move(found), patterns);
    const auto mark = option_is("with-secret", "1") ? SecretMark::Shown : SecretMark::None;
    caller_.write(data_lines(merge(found, mark, listed_by_gpgsm)));
    return "OK";
}

Session::Reply Session::refuse(std::string_view status_word, int reason, const std::string& pattern,
                               gpg_err_code_t error) {
    status(std::string(status_word) + " " + std::to_string(reason) + " " + escape_status(pattern));
    return error_line(error);
}

Session::Reply Session::do_signer(const Command& command) {
    auto found = matching(entries_of(own_keys), {unescape_pattern(command.arguments)});
    std::erase_if(found, std::not_fn(&Entry::can_sign));
    if (found.empty() && real()) {
        signers_of_gpgsm_.push_back(command.arguments);
        return pass_on(command);
    }
    if (found.empty()) return refuse("INV_SGNR", no_secret_key, command.arguments, GPG_ERR_NO_SECKEY);
    if (found.size() > 1) return refuse("INV_SGNR", ambiguous, command.arguments, GPG_ERR_AMBIGUOUS_NAME);
    if (found.front().is_expired()) return refuse("INV_SGNR", key_expired, command.arguments, GPG_ERR_CERT_EXPIRED);
    if (std::ranges::find(signers_, found.front().key, &Entry::key) == signers_.end())  // programs say it again
        signers_.push_back(std::move(found.front()));
    return "OK";
}

Session::Reply Session::do_recipient(const Command& command) {
    if (!known_) known_ = all_entries();
    auto found = matching(*known_, {unescape_pattern(command.arguments)});
    std::erase_if(found, std::not_fn(&Entry::can_encrypt));
    const bool usable = found.size() == 1 && found.front().unusable.empty();
    if (!usable && real()) {
        recipients_of_gpgsm_.push_back(command.arguments);
        return pass_on(command);
    }
    if (found.empty()) return refuse("INV_RECP", not_found, command.arguments, GPG_ERR_NO_PUBKEY);
    if (found.size() > 1) return refuse("INV_RECP", ambiguous, command.arguments, GPG_ERR_AMBIGUOUS_NAME);
    if (!usable) return refuse("INV_RECP", not_specified, command.arguments, GPG_ERR_UNUSABLE_PUBKEY);
    recipients_.push_back(std::move(found.front()));
    return "OK";
}

/// SIGN without SIGNER: gpgsm's default key, or the only key that can sign where gpgsm has none.
void Session::choose_default_signer() {
    if (!signers_.empty() || !signers_of_gpgsm_.empty() || !listed_by_real("LISTSECRETKEYS").empty()) return;
    auto own = entries_of(own_keys);
    std::erase_if(own, std::not_fn(&Entry::can_sign));
    if (own.size() == 1) signers_ = std::move(own);
}

}  // namespace cardseal::gpgsm
