// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands that give certificates out and delete them.
#include <algorithm>

#include "gpgsm/errors.hpp"
#include "gpgsm/session.hpp"

namespace cardseal::gpgsm {

namespace {

bool has(const std::vector<std::string>& options, std::string_view option) {
    return std::ranges::find(options, option) != options.end();
}

std::string encode_all(const std::vector<std::vector<uint8_t>>& certificates, Encoding encoding) {
    std::string text;
    for (const auto& der : certificates) {
        text += encode({reinterpret_cast<const char*>(der.data()), der.size()}, encoding, "CERTIFICATE");
        if (encoding != Encoding::Armor) break;  // no more than gpgsm: there is nothing between one and the next
    }
    return text;
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'F' ? char(c - 'A' + 'a') : c; });
    return text;
}

}  // namespace

/// What gpgsm would export for the command, but for what the daemon has as well.
std::vector<std::vector<uint8_t>> Session::certificates_of_gpgsm(const Words& words, const std::vector<Entry>& but) {
    std::string patterns;
    for (const auto& word : words.others) patterns += " " + word;
    std::vector<std::vector<uint8_t>> certificates;
    for (const auto& fingerprint : fingerprints_in(listed_by_real("LISTKEYS --" + patterns)))
        if (std::ranges::none_of(but, [&](const auto& entry) { return entry.certificate.fingerprint == fingerprint; }))
            certificates.push_back(certificate_of_gpgsm(fingerprint));
    return certificates;
}

Session::Reply Session::do_export(const Command& command) {
    const auto words = parse_words(command.arguments);
    const auto ours = matching(all_entries(), words.patterns());
    const bool is_secret = has(words.options, "--secret");
    if (is_secret && (!real() || std::ranges::any_of(ours, &Entry::is_own)))
        return error_line(GPG_ERR_NOT_SUPPORTED);  // a key stays on its token
    if (real() && (is_secret || ours.empty())) return pass_on_with_data(command);
    const bool is_data = has(words.options, "--data");
    if (!is_data && !output_) return error_line(GPG_ERR_ASS_NO_OUTPUT);

    std::vector<std::vector<uint8_t>> certificates;
    for (const auto& entry : ours) certificates.push_back(entry.der);
    std::ranges::move(certificates_of_gpgsm(words, ours), std::back_inserter(certificates));
    const auto text = encode_all(certificates, is_data ? encoding_in(words.options) : output_.encoding);
    if (is_data)
        caller_.write(data_lines(text));
    else
        write_all(output_.descriptor.get(), text);
    forget_data();
    return "OK";
}

/// A certificate of another person that the daemon remembers goes from gpgsm and from the daemon's folder: gpgsm first,
/// which may refuse. What it has and the daemon has not, or neither has, is gpgsm's to answer for.
Session::Reply Session::do_delete(const Command& command) {
    enum Problem { must_delete_secret_key_first = 2, ambiguous = 3 };
    const auto known = all_entries();
    std::vector<Entry> ours;
    std::string for_gpgsm;
    for (const auto& word : parse_words(command.arguments).others) {
        const auto found = matching(known, {unescape_pattern(word)});
        if (found.size() > 1) return refuse_deletion(ambiguous, GPG_ERR_AMBIGUOUS_NAME);
        if (found.empty() || !listed_by_real("LISTKEYS -- " + word).empty()) for_gpgsm += " " + word;
        std::ranges::copy(found, std::back_inserter(ours));
    }
    if (std::ranges::any_of(ours, &Entry::is_own))
        return refuse_deletion(must_delete_secret_key_first, GPG_ERR_CONFLICT);
    if (std::ranges::any_of(ours, &Entry::is_of_the_system)) return error_line(GPG_ERR_EACCES);
    if (ours.empty()) return pass_on(command);
    if (!for_gpgsm.empty())
        if (auto reply = pass_on({command.name, for_gpgsm.substr(1)}); !reply.starts_with("OK")) return reply;
    for (const auto& entry : ours) daemon().remove_certificate(lower_case(entry.certificate.fingerprint_256));
    return "OK";
}

Session::Reply Session::refuse_deletion(int problem, gpg_err_code_t error) {
    status("DELETE_PROBLEM " + std::to_string(problem));
    return error_line(error);
}

/// Of what the daemon did gpgsm knows nothing.
Session::Reply Session::do_audit_log(const Command& command) {
    return answered_by_gpgsm_ ? pass_on_with_data(command) : error_line(GPG_ERR_NO_DATA);
}

}  // namespace cardseal::gpgsm
