// SPDX-License-Identifier: LGPL-2.1-or-later
// What the doctor finds, from what is known of the machine: facts in, findings out.
#include "command/examination.hpp"

#include <algorithm>

#include "command/text.hpp"
#include "command/time.hpp"

namespace cardseal::client {

namespace {

using Findings = std::vector<Finding>;

constexpr uint64_t soon_seconds = 30 * 24 * 3600;

Finding good(std::string subject, std::string message) {
    return {Verdict::Good, std::move(subject), std::move(message), {}};
}

void examine_daemon(const Facts& facts, Findings& findings) {
    const auto& status = facts.status;
    const auto configuration = status.configuration.empty() ? "no configuration file" : status.configuration;
    findings.push_back(good("daemon", "cardseald " + status.version + " answers on the session bus, " + configuration));
    if (status.landlock > 0)
        findings.push_back(good("sandbox", "seccomp and Landlock (version " + std::to_string(status.landlock) + ")"));
    else
        findings.push_back({Verdict::Note, "sandbox", "seccomp alone: this kernel has no Landlock",
                            "boot a kernel with Landlock (security=landlock,...) for a second wall"});
    if (status.logind)
        findings.push_back(good("logind", "a locked screen and suspend log out of tokens"));
    else
        findings.push_back({Verdict::Note, "logind", "a locked screen and suspend are not noticed",
                            "run 'cardseal lock' before you leave, or start systemd-logind"});
}

void examine_pinentry(const Facts& facts, Findings& findings) {
    const auto& path = facts.status.pinentry;
    if (facts.pinentry.failure.empty()) {
        const auto kind = facts.pinentry.flavor.empty() ? std::string() : ", kind " + facts.pinentry.flavor;
        findings.push_back(good("pinentry", path + " answers" + kind));
    } else {
        findings.push_back({Verdict::Bad, "pinentry", path + ": " + facts.pinentry.failure,
                            "install a pinentry program, or name one in cardseal.toml, [pin] pinentry"});
    }
}

Finding no_token_in(const Module& module, const std::string& subject, const Facts& facts) {
    if (std::ranges::any_of(module.readers, &Reader::token))
        return {Verdict::Note, subject, "the token in its reader is not initialised",
                "initialise it with its own tool, such as 'pkcs11-tool --init-token'"};
    if (!module.readers.empty())
        return {Verdict::Note, subject, "readers: " + std::to_string(module.readers.size()) + ", and no token in them",
                "insert the card"};
    const bool needs_pcscd = module.path.find("opensc") != module.path.npos;
    if (needs_pcscd && !facts.pcscd_answers)
        return {Verdict::Bad, subject, "no reader, and pcscd does not run", "start it: systemctl start pcscd.socket"};
    return {Verdict::Note, subject, "no reader and no token", "connect the reader, or make a token with its own tool"};
}

void examine_module(const Module& module, const Facts& facts, Findings& findings) {
    const auto subject = "module " + module.path;
    if (module.state != "running") {
        findings.push_back({Verdict::Bad, subject, module.message,
                            "check that the file is there and is a PKCS#11 module; the daemon's log says more"});
        return;
    }
    if (module.tokens.empty())
        findings.push_back(no_token_in(module, subject, facts));
    else
        findings.push_back(good(subject, "running, tokens: " + std::to_string(module.tokens.size())));
}

void examine_token(const Token& token, Findings& findings) {
    const auto subject = "token " + token.label;
    if (token.pin_state == "locked")
        findings.push_back({Verdict::Bad, subject, "its PIN is locked",
                            "unblock it: cardseal pin unblock, with the PUK or the security officer's PIN"});
    else if (token.pin_state == "final-try")
        findings.push_back({Verdict::Note, subject, "one PIN try is left", "be sure of the PIN before you type it"});
    else if (token.pin_state == "count-low")
        findings.push_back(
            {Verdict::Note, subject, "wrong PINs were entered", "be sure of the PIN before you type it"});
    else
        findings.push_back(good(subject, token.logged_in ? "logged in" : "ready"));
}

std::string name_of(const Key& key) { return key.addresses.empty() ? key.id : join(key.addresses); }

void examine_key(const Key& key, uint64_t now, Findings& findings) {
    const auto subject = "key " + name_of(key);
    const auto renew = "have the certificate renewed: 'cardseal request' makes a request";
    if (key.certificate.empty())
        findings.push_back({Verdict::Note, "key " + key.id, "it has no certificate yet, on token " + key.token,
                            "make a request ('cardseal request'), and store what the authority sends "
                            "('cardseal import-certificate')"});
    else if (now > key.not_after)
        findings.push_back({Verdict::Note, subject, "its certificate expired on " + format_time(key.not_after), renew});
    else if (now < key.not_before)
        findings.push_back({Verdict::Note, subject,
                            "its certificate is not valid before " + format_time(key.not_before),
                            "check the clock of this machine"});
    else if (key.not_after - now < soon_seconds)
        findings.push_back({Verdict::Note, subject, "its certificate expires on " + format_time(key.not_after), renew});
    else
        findings.push_back(good(subject, "its certificate is valid until " + format_time(key.not_after)));
}

void examine_holder(const CardHolder& holder, Findings& findings) {
    findings.push_back(
        {Verdict::Note, "program " + holder.program + " [" + std::to_string(holder.pid) + "]",
         "it " + holder.reason + ", and may hold the card",
         holder.program == "scdaemon" ? "let go of it: gpgconf --kill scdaemon" : "end it if a token does not answer"});
}

}  // namespace

std::vector<Finding> examine(const Facts& facts) {
    Findings findings;
    if (facts.unreachable) {
        findings.push_back({Verdict::Bad, "daemon", facts.unreachable->message(), facts.unreachable->hint()});
    } else {
        examine_daemon(facts, findings);
        examine_pinentry(facts, findings);
        if (facts.status.modules.empty())
            findings.push_back({Verdict::Bad, "modules", "no PKCS#11 module is configured, and p11-kit knows none",
                                "install the one of your card (Debian: opensc-pkcs11), or name it in cardseal.toml"});
        for (const auto& module : facts.status.modules) examine_module(module, facts, findings);
        for (const auto& module : facts.status.modules)
            for (const auto& token : module.tokens) examine_token(token, findings);
        for (const auto& key : facts.keys) examine_key(key, facts.now, findings);
    }
    for (const auto& holder : facts.holders) examine_holder(holder, findings);
    return findings;
}

}  // namespace cardseal::client
