// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-git does for each request: signs or verifies the commit or tag on standard input.
#include "git/payload.hpp"

#include <unistd.h>

#include <string_view>

#include "command/asking_program.hpp"
#include "command/input_file.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/scratch_file.hpp"
#include "command/supervision.hpp"
#include "command/text.hpp"
#include "command/time.hpp"
#include "failure.hpp"
#include "git/refusal.hpp"
#include "git/status_lines.hpp"

namespace cardseal::client::git {

namespace {

/// PEM with the label that git looks for instead of RFC 7468's.
std::string with_label_for_git(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN CMS-----\n", end = "-----END CMS-----\n";
    if (!pem.starts_with(begin) || !pem.ends_with(end))
        throw failure(ErrorCode::Internal, "the signature is not the PEM that was asked for");
    pem.remove_prefix(begin.size());
    pem.remove_suffix(end.size());
    return "-----BEGIN SIGNED MESSAGE-----\n" + std::string(pem) + "-----END SIGNED MESSAGE-----\n";
}

/// For people: git shows it with the commit.
std::string describe_briefly(const Verification& verification) {
    std::string text;
    for (const auto& signer : verification.signers) {
        text += "cardseal: signature in the name of " + printable(name_of(signer));
        if (signer.signing_time) text += ", made " + format_time(signer.signing_time) + " (as the signer says)";
        text += "\n";
        if (!signer.fingerprint.empty()) text += "cardseal: certificate " + signer.fingerprint + "\n";
        if (!signer.valid) text += "cardseal: not valid: " + printable(signer.reason) + "\n";
    }
    return text + "cardseal: " + conclude(verification);
}

std::string sign(const SignPayload& request) {
    const InputFile payload("-");
    const ScratchFile signature(ScratchFile::Place::Memory, {});
    Supervision supervision;
    const AskingProgram parent(getppid());
    SignOptions options;
    options.format = Format::Pem;
    options.prompt = parent.prompt();
    Client().sign({request.key}, payload.descriptor(), signature.descriptor(), options, supervision.watch());
    return signature.text();
}

Verification verify(const VerifyPayload& request) {
    const InputFile signature(request.signature);
    const InputFile payload("-");
    Supervision supervision;
    VerifyOptions options;
    options.form = Form::Pem;
    options.content = payload.descriptor();
    return Client().verify(signature.descriptor(), options, supervision.watch());
}

}  // namespace

int run(const SignPayload& request) {
    try {
        write_status(request.status, "BEGIN_SIGNING");
        print(with_label_for_git(sign(request)));
        write_status(request.status, "SIG_CREATED D - - 00 - -");
        return done;
    } catch (const Error& error) {
        tell_past_git(describe_refusal(error));
        throw;
    }
}

int run(const VerifyPayload& request) {
    try {
        const auto verification = verify(request);
        write_verdict(request.status, verification);
        print(describe_briefly(verification), stderr);
        return verification.valid ? done : answer_is_no;
    } catch (const Error&) {
        write_no_verdict(request.status);  // without, git says that there is no signature
        throw;
    }
}

}  // namespace cardseal::client::git
