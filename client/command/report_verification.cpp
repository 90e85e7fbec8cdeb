// SPDX-License-Identifier: LGPL-2.1-or-later
// What a verification found, for people: who signed, how far that is known, and what speaks against it.
#include <algorithm>

#include "command/advice.hpp"
#include "command/report.hpp"
#include "command/report_line.hpp"
#include "command/text.hpp"
#include "command/time.hpp"

namespace cardseal::client {

namespace {

std::string verdict_of(const Signer& signer) {
    if (!signer.valid) return "NOT VALID: " + signer.reason;
    return "the content is what this signer signed, and an authority that you trust says who that is";
}

std::string address_match_of(const Signer& signer) {
    if (signer.address_match == "match") return "the mail says that it is from this signer";
    if (signer.address_match == "mismatch") return "the mail says that it is from somebody else";
    if (signer.addresses.empty()) return "not compared: the certificate has no address";
    return "not compared: it is not known whom the message says it is from";
}

std::string revocation_of(const Signer& signer) {
    if (signer.revocation == "good") return "not revoked";
    if (signer.revocation == "revoked") return "REVOKED: " + signer.revocation_reason;
    return "not known: " + signer.revocation_reason;
}

std::string key_of(const Signer& signer) {
    if (signer.key_algorithm.empty()) return {};
    return upper(signer.key_algorithm) + ", " + std::to_string(signer.key_bits) + " bits";
}

/// A verdict's word: `good` is the one that nothing speaks against.
const Paint& paint_of(const std::string& word, const std::string& good, const Palette& palette) {
    if (word == good) return palette.good;
    return word == "unknown" || word == "unchecked" ? palette.unsure : palette.bad;
}

std::string describe_certificate(const Signer& signer, const Palette& palette) {
    if (signer.fingerprint.empty()) return {};
    std::string text = line("revocation", revocation_of(signer), paint_of(signer.revocation, "good", palette));
    text += line("sender", address_match_of(signer), paint_of(signer.address_match, "match", palette));
    text += line("subject", signer.subject);
    text += line("certificate", signer.fingerprint);
    return text + line("key", key_of(signer));
}

std::string describe(const Advice& advice) { return line("means", advice.meaning) + line("next", advice.next_step); }

std::string describe(const Signer& signer, size_t number, const Palette& palette) {
    std::string text = palette.heading("signer " + std::to_string(number) + ": " + printable(name_of(signer))) + "\n";
    text += line("verdict", verdict_of(signer), signer.valid ? palette.good : palette.bad);
    text += signer.valid ? line("note", signer.reason) : describe(advice_about(signer));
    text += line("signature", signer.signature, paint_of(signer.signature, "good", palette));
    text += line("chain", signer.chain, paint_of(signer.chain, "trusted", palette));
    text += describe_certificate(signer, palette);
    for (const auto& weakness : signer.weaknesses) text += line("weak", weakness, palette.unsure);
    if (signer.signing_time) text += line("signed at", format_time(signer.signing_time) + " (as the signer says)");
    if (!signer.signature_algorithm.empty())
        text += line("algorithms", signer.signature_algorithm + ", " + signer.digest_algorithm);
    return text;
}

/// "anna@example.org", "anna@example.org and 2 others".
std::string names_of(const std::vector<Signer>& signers) {
    const auto others = signers.size() - 1;
    const auto first = printable(name_of(signers.front()));
    if (others == 0) return first;
    return others == 1 ? first + " and " + printable(name_of(signers.back()))
                       : first + " and " + std::to_string(others) + " others";
}

std::string reservation(const std::vector<Signer>& signers) {
    for (const auto& signer : signers)
        if (signer.revocation != "good")
            return "; whether " + std::string(signers.size() == 1 ? "the certificate" : "each certificate") +
                   " was revoked is not known (" + printable(signer.revocation_reason) + ")";
    return {};
}

/// Whether the signature shows at least that nobody changed the content.
bool is_unchanged(const Signer& signer) { return signer.signature == "good" && signer.weaknesses.empty(); }

/// "1 of 2 signatures, "; nothing for the only one.
std::string share_of_refused(const std::vector<Signer>& signers) {
    if (signers.size() == 1) return {};
    const auto refused = std::ranges::count(signers, false, &Signer::valid);
    return std::to_string(refused) + " of " + std::to_string(signers.size()) + " signatures, ";
}

std::string refusal(const std::vector<Signer>& signers) {
    const auto verdict = "NOT VALID: " + share_of_refused(signers);
    if (!std::ranges::all_of(signers, is_unchanged))
        return verdict + "do not trust the content, nor who is said to have signed it";
    return verdict + "do not trust who signed this, though the content is unchanged since";
}

}  // namespace

std::string name_of(const Signer& signer) {
    if (!signer.addresses.empty()) return join(signer.addresses);
    return signer.subject.empty() ? "unknown" : signer.subject;
}

std::string conclude(const Verification& verification, const Palette& palette) {
    if (verification.signers.empty()) return palette.bad("not signed: there is no signer") + "\n";
    if (!verification.valid) return palette.bad(refusal(verification.signers)) + "\n";
    return palette.good("valid: signed by " + names_of(verification.signers) + " and unchanged since") +
           palette.unsure(reservation(verification.signers)) + "\n";
}

std::string describe(const Verification& verification, const Palette& palette) {
    std::string text;
    size_t number = 0;
    for (const auto& signer : verification.signers) text += describe(signer, ++number, palette);
    return text + conclude(verification, palette) + describe(verification.headers) +
           describe_uncovered(verification.parts, "signed");
}

}  // namespace cardseal::client
