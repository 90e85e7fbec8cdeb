// SPDX-License-Identifier: LGPL-2.1-or-later
// The command lines of verify, decrypt and open.
#include "command/families.hpp"
#include "command/options.hpp"
#include "command/time.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr auto input_text = "DER, PEM, base64, S/MIME or a whole mail";

Error wrong_use(const std::string& message) { return failure(ErrorCode::InvalidArgs, message); }

void check_report(Report report, const std::optional<FileName>& output) {
    if (report == Report::Json && output && is_standard(*output))
        throw wrong_use("--json and '-o -' both want standard output");
}

void check_verify(const Verify& verify) {
    check_report(verify.report, verify.output);
    if (verify.content && is_standard(*verify.content) && is_standard(verify.input))
        throw wrong_use("the signature and its content cannot both come from standard input");
}

void check_decrypt(const Decrypt& decrypt) {
    if (decrypt.report == Report::Json && is_standard(decrypt.output))
        throw wrong_use("--json wants standard output: name a file for the content with '-o OUT'");
}

void check_open(const Open& open) { check_report(open.report, open.output); }

void add_time(CLI::App& command, std::optional<uint64_t>& time) {
    const auto parse = [&time](const std::string& text) {
        time = parse_time(text);
        if (!time)
            throw CLI::ValidationError("--at",
                                       "'" + text + "' is not a time such as 2026-01-31T12:00:00Z or @1769860800");
    };
    command
        .add_option_function<std::string>(
            "--at", parse, "judge certificates at this time: RFC 3339, or @ and seconds since 1970 (default: now)")
        ->type_name("TIME");
}

void add_trust(CLI::App& command, std::vector<FileName>& trust) {
    add_repeatable(command, "--trust", trust, "PEM", "trust the certificates in this file too; repeatable");
}

void add_verify(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("verify", "Verify the signatures of a message");
    auto& verify = requests.of<Verify>(command, check_verify);
    add_text(command, "--content", verify.content, "CONTENT", "the signed content, if FILE is a detached signature");
    add_trust(command, verify.trust);
    add_repeatable(command, "--from", verify.from, "ADDRESS",
                   "whom the mail is from, to compare with the certificate (default: its own header says); repeatable");
    add_time(command, verify.time);
    add_part(command, verify.part, "verify this part of a mail, such as 1.2 (default: the first that is signed)");
    add_json(command, verify.report, "print the result as JSON, for programs");
    add_output(command, verify.output, "write the signed content to OUT if every signature is valid");
    add_word(command, "FILE", verify.input, input_text);
    add_notes(command, {"Without FILE, standard input is read.",
                        "Exits with 0 only if there is a signature and every one is valid, with 1 if not.",
                        "Example: cardseal verify --trust ca.pem mail.eml"});
}

void add_decrypt(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("decrypt", "Decrypt a message");
    auto& decrypt = requests.of<Decrypt>(command, check_decrypt);
    add_text(command, "--key", decrypt.options.key, "KEY",
             "use this key (default: a recipient's key on a present token)");
    add_part(command, decrypt.options.part,
             "decrypt this part of a mail, such as 1.2 (default: the first that is encrypted)");
    add_json(command, decrypt.report, "print what it was as JSON, for programs; the content goes to OUT");
    add_output(command, decrypt.output, "write the content to OUT");
    add_word(command, "FILE", decrypt.input, input_text);
    add_notes(command, {key_note, file_note, "Example: cardseal decrypt -o plain.txt secret.eml"});
}

void add_open(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("open", "Open every layer of a message, signed or encrypted");
    auto& open = requests.of<Open>(command, check_open);
    add_text(command, "--key", open.key, "KEY",
             "decrypt with this key (default: a recipient's key on a present token)");
    add_trust(command, open.trust);
    add_json(command, open.report, "print what each layer was as JSON, for programs; the content goes to OUT");
    add_output(command, open.output, "write the innermost content to OUT");
    add_word(command, "FILE", open.input, input_text);
    add_notes(command, {key_note, file_note, "Exits with 1, and writes nothing, if a layer is signed and not valid.",
                        "Example: cardseal open -o inner.txt mail.eml"});
}

}  // namespace

void add_reading_commands(CLI::App& root, Requests<Request>& requests) {
    add_verify(root, requests);
    add_decrypt(root, requests);
    add_open(root, requests);
}

}  // namespace cardseal::client
