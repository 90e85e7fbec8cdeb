// SPDX-License-Identifier: LGPL-2.1-or-later
// Signs, verifies, encrypts and decrypts the files that mutt makes.
#include <unistd.h>

#include <algorithm>

#include "command/asking_program.hpp"
#include "command/input_file.hpp"
#include "command/only_signing_key.hpp"
#include "command/output_file.hpp"
#include "command/print.hpp"
#include "command/report.hpp"
#include "command/scratch_file.hpp"
#include "command/supervision.hpp"
#include "command/text.hpp"
#include "failure.hpp"
#include "mutt/run.hpp"

namespace cardseal::client::mutt {

namespace {

constexpr size_t longest_recipients = 1000;  ///< mutt cuts what it puts in for %c after 1,023 bytes

/// mutt's files have LF, but what is signed or encrypted has CRLF (RFC 8551 3.1.1), as the mail will on its way.
ScratchFile with_crlf(const FileName& name) {
    const InputFile input(name);
    const auto text = text_of(input.descriptor());
    std::string canonical;
    canonical.reserve(text.size() + text.size() / 16);
    for (size_t index = 0; index < text.size(); ++index) {
        if (text[index] == '\n' && (index == 0 || text[index - 1] != '\r')) canonical += '\r';
        canonical += text[index];
    }
    return ScratchFile::holding(canonical);
}

/// Nobody decrypts what a recipient of a list that was cut was left out of.
void refuse_cut_list(const std::vector<std::string>& recipients) {
    size_t size = 0;
    for (const auto& recipient : recipients) size += recipient.size() + 1;
    if (size > longest_recipients)
        throw failure(ErrorCode::LimitExceeded, "cannot encrypt to so many recipients: mutt loses some of them");
}

}  // namespace

int run(const SignEntity& request) {
    const auto entity = with_crlf(request.entity);
    OutputFile output("-", entity.descriptor());
    Supervision supervision;
    const AskingProgram parent(getppid());
    Client client;
    SignOptions options;
    options.format = Format::Der;
    options.digest = request.digest;
    options.prompt = parent.prompt();
    const auto key =
        request.key == default_name ? only_signing_key(client, "$smime_default_key", supervision.watch()) : request.key;
    client.sign({key}, entity.descriptor(), output.descriptor(), options, supervision.watch());
    output.finish();
    return done;
}

int run(const EncryptEntity& request) {
    refuse_cut_list(request.recipients);
    const auto entity = with_crlf(request.entity);
    OutputFile output("-", entity.descriptor());
    Supervision supervision;
    const AskingProgram parent(getppid());
    EncryptOptions options;
    options.format = Format::Der;
    std::ranges::remove_copy(request.recipients, std::back_inserter(options.addresses), default_name);
    options.prompt = parent.prompt();
    Client().encrypt({}, entity.descriptor(), output.descriptor(), options, supervision.watch());
    output.finish();
    return done;
}

int run(const DecryptMessage& request) {
    const InputFile message(request.message);
    OutputFile output("-", message.opened());
    Supervision supervision;
    const AskingProgram parent(getppid());
    DecryptOptions options;
    options.prompt = parent.prompt();
    const auto decryption = Client().decrypt(message.descriptor(), output.descriptor(), options, supervision.watch());
    output.finish();
    for (const auto& note : decryption.notes) print("note: " + printable(note) + "\n", stderr);
    return done;
}

int run(const VerifyEntity& request) {
    const InputFile signature(request.signature);
    std::optional<InputFile> content;
    std::optional<OutputFile> output;
    VerifyOptions options;
    if (request.content.empty())
        options.output = output.emplace("-", signature.opened()).descriptor();
    else
        options.content = content.emplace(request.content).descriptor();
    Supervision supervision;
    const auto verification = Client().verify(signature.descriptor(), options, supervision.watch());
    if (output && verification.valid) output->finish();
    // mutt takes this line, the first, for the verdict; it compares the sender itself (ExtractSigner).
    if (verification.valid) print("Verification successful\n", stderr);
    print(describe(verification), stderr);
    return verification.valid ? done : answer_is_no;
}

}  // namespace cardseal::client::mutt
