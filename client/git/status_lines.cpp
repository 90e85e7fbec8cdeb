// SPDX-License-Identifier: LGPL-2.1-or-later
// What git reads: the status lines of GnuPG (doc/DETAILS there), as far as git knows them.
#include "git/status_lines.hpp"

#include <unistd.h>

#include <algorithm>

#include "command/text.hpp"
#include "command/time.hpp"
#include "failure.hpp"

namespace cardseal::client::git {

namespace {

/// GnuPG's word for what became of a signature, and how far the signer is trusted.
struct Verdict {
    std::string keyword;
    std::string trust;
};

Verdict verdict_of(const Signer& signer) {
    if (signer.signature != "good") return {"BADSIG", ""};
    if (signer.valid) return {"GOODSIG", "TRUST_FULLY"};
    if (signer.chain == "expired") return {"EXPKEYSIG", "TRUST_UNDEFINED"};
    if (signer.chain == "revoked") return {"REVKEYSIG", "TRUST_NEVER"};
    // A chain that is fine leaves what the certificate or the algorithm is not fit for.
    return {"GOODSIG", signer.chain == "trusted" ? "TRUST_NEVER" : "TRUST_UNDEFINED"};
}

/// The rest of a line: a stranger wrote these names, and must not write a line of his own.
std::string user_of(const Signer& signer) {
    const auto address = signer.addresses.empty() ? "" : " <" + signer.addresses.front() + ">";
    return printable(signer.subject + address);
}

/// Its fields: fingerprint, day, second, end of validity, and what a CMS signature has nothing for.
std::string valid_signature(const Signer& signer) {
    const auto day = signer.signing_time ? format_time(signer.signing_time).substr(0, 10) : "-";
    return "VALIDSIG " + signer.fingerprint + " " + day + " " + std::to_string(signer.signing_time) + " 0 - - - - 00";
}

}  // namespace

void write_status(const StatusDescriptor& descriptor, const std::string& text) {
    if (!descriptor) return;
    const auto line = "[GNUPG:] " + text + "\n";
    if (write(*descriptor, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw errno_failure(ErrorCode::OutputFailed, "cannot write status lines");
}

void write_verdict(const StatusDescriptor& descriptor, const Verification& verification) {
    if (verification.signers.empty()) return write_status(descriptor, "NODATA 1");
    const auto invalid = std::ranges::find(verification.signers, false, &Signer::valid);
    const auto& signer = invalid == verification.signers.end() ? verification.signers.front() : *invalid;
    if (signer.fingerprint.empty()) return write_no_verdict(descriptor);
    const auto verdict = verdict_of(signer);
    write_status(descriptor, "NEWSIG");
    write_status(descriptor, verdict.keyword + " " + signer.fingerprint + " " + user_of(signer));
    if (verdict.trust.empty()) return;
    write_status(descriptor, valid_signature(signer));
    write_status(descriptor, verdict.trust + " 0 shell");
}

void write_no_verdict(const StatusDescriptor& descriptor) {
    write_status(descriptor, "NEWSIG");
    write_status(descriptor, "ERRSIG - - - 00 - 1");
}

}  // namespace cardseal::client::git
