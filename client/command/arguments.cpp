// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line: its options, its help, and what of it does not go together.
#include "command/arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

#include "command/choices.hpp"
#include "command/time.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr auto description =
    "Signs, verifies, encrypts and decrypts mail (S/MIME, CMS) with keys on smart cards and HSMs.";

constexpr auto key_note = R"(
KEY is an e-mail address, a key id (or an unambiguous beginning of 8 or more
hex digits), a certificate's fingerprint, or a PKCS#11 URI; 'cardseal list'
shows the keys.
)";

constexpr auto file_note = R"(
Without FILE, standard input is read; without -o, standard output is written.
With -o, OUT appears whole or not at all.
)";

constexpr auto sign_note = R"(
smime makes line endings CRLF and gives multipart/signed, or with --opaque
application/pkcs7-mime. Detached, a body that is not 7-bit text is signed as
quoted-printable or base64.

Example: cardseal sign --message --key anna@example.org -o signed.eml mail.eml
)";

constexpr auto general_footer =
    "Exit status: 0 done, 1 a signature is not valid, 2 wrong use, 3 failed.\n"
    "'cardseal COMMAND --help' shows a command's options; the manual is cardseal(1).";

/// An option that may be given again, with one value each time, so that FILE can follow it.
void add_repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                    const std::string& type, const std::string& text) {
    command.add_option(name, values, text)->allow_extra_args(false)->type_name(type);
}

void add_input(CLI::App& command, FileName& input, const std::string& text) {
    command.add_option("FILE", input, text)->type_name("");
}

template <class Name>
void add_output(CLI::App& command, Name& output, const std::string& text) {
    command.add_option("-o,--output", output, text)->type_name("OUT");
}

void add_part(CLI::App& command, std::optional<std::string>& part, const std::string& text) {
    command.add_option("--part", part, text)->type_name("PATH");
}

void add_format(CLI::App& command, Format& format) {
    add_choice<Format>(command, "--format", format,
                       {{"smime", Format::Smime}, {"der", Format::Der}, {"pem", Format::Pem}},
                       "form of the output (default: smime)");
}

/// --message, and the option that needs it.
CLI::Option* add_mail(CLI::App& command, Input& input, Headers& headers) {
    auto* message = add_switch(command, "--message", input, Input::Message,
                               "FILE is a whole mail; OUT is that mail, ready to send");
    auto* protect = add_switch(command, "--protect-headers", headers, Headers::Protected,
                               "protect the mail's header fields too (RFC 9788)");
    return protect->needs(message);
}

void add_list(CLI::App& root, List& list) {
    auto& command = *root.add_subcommand("list", "Show the keys on the tokens that are present");
    add_switch(command, "--json", list.report, Report::Json, "for programs");
}

void add_status(CLI::App& root, ShowStatus& status) {
    auto& command = *root.add_subcommand("status", "Show the daemon, its PKCS#11 modules and their tokens");
    add_switch(command, "--json", status.report, Report::Json, "for programs");
}

void add_sign(CLI::App& root, Sign& sign) {
    auto& command = *root.add_subcommand("sign", "Sign a MIME entity or a file");
    add_repeatable(command, "--key", sign.keys, "KEY",
                   "sign with this key; again for several signers (default: the only key that can sign)");
    add_format(command, sign.options.format);
    add_switch(command, "--opaque", sign.options.content, Content::Opaque,
               "put the content inside the signature (default: detached)");
    add_choice<Digest>(command, "--digest", sign.options.digest,
                       {{"sha256", Digest::Sha256}, {"sha384", Digest::Sha384}, {"sha512", Digest::Sha512}},
                       "digest algorithm (default: sha256, for EC keys by the curve)");
    add_choice<Padding>(command, "--padding", sign.options.padding, {{"pkcs1", Padding::Pkcs1}, {"pss", Padding::Pss}},
                        "padding of RSA keys (default: pkcs1)");
    auto* protect = add_mail(command, sign.options.input, sign.options.headers);
    add_switch(command, "--to-be-encrypted", sign.options.next, Next::Encrypt,
               "'cardseal encrypt --message' comes next: hide the subject outside")
        ->needs(protect);
    add_output(command, sign.output, "write the signed message to OUT");
    add_input(command, sign.input, "MIME entity (or mail) for smime, any bytes for der and pem");
    command.footer(std::string(key_note) + file_note + sign_note);
}

void add_verify(CLI::App& root, Verify& verify) {
    auto& command = *root.add_subcommand("verify", "Verify the signatures of a message");
    command.add_option("--content", verify.content, "the signed content, if FILE is a detached signature")
        ->type_name("CONTENT");
    add_repeatable(command, "--trust", verify.trust, "PEM", "trust the certificates in this file too; repeatable");
    add_repeatable(command, "--from", verify.from, "ADDRESS",
                   "whom the mail is from, to compare with the certificate (default: its own header says); repeatable");
    command
        .add_option_function<std::string>(
            "--at",
            [&verify](const std::string& text) {
                verify.time = parse_time(text);
                if (!verify.time)
                    throw CLI::ValidationError(
                        "--at", "'" + text + "' is not a time such as 2026-01-31T12:00:00Z or @1769860800");
            },
            "judge certificates at this time: RFC 3339, or @ and seconds since 1970 (default: now)")
        ->type_name("TIME");
    add_part(command, verify.part, "verify this part of a mail, such as 1.2 (default: the first that is signed)");
    add_switch(command, "--json", verify.report, Report::Json, "print the result for programs");
    add_output(command, verify.output, "write the signed content to OUT if every signature is valid");
    add_input(command, verify.input, "DER, PEM, base64, S/MIME or a whole mail");
    command.footer(
        "Exits with 0 only if there is a signature and every one is valid, with 1 if not.\n\n"
        "Example: cardseal verify --trust ca.pem mail.eml");
}

void add_encrypt(CLI::App& root, Encrypt& encrypt) {
    auto& command = *root.add_subcommand("encrypt", "Encrypt to certificates, and to oneself");
    command
        .add_option("--to", encrypt.recipients,
                    "a recipient: a file with the certificate, PEM or DER, or an address; again for more")
        ->allow_extra_args(false)
        ->required()
        ->type_name("CERT.pem|ADDRESS");
    add_format(command, encrypt.options.format);
    add_choice<Cipher>(command, "--cipher", encrypt.options.cipher,
                       {{"aes-256-cbc", Cipher::Aes256Cbc},
                        {"aes-256-gcm", Cipher::Aes256Gcm},
                        {"aes-128-cbc", Cipher::Aes128Cbc},
                        {"aes-128-gcm", Cipher::Aes128Gcm},
                        {"chacha20-poly1305", Cipher::ChaCha20Poly1305}},
                       "cipher of the content (default: by the profile)");
    add_switch(command, "--oaep", encrypt.options.rsa_transport, RsaTransport::Oaep,
               "send the content's key to RSA recipients with OAEP (default: by the profile)");
    add_choice<Profile>(
        command, "--profile", encrypt.options.profile,
        {{"compatible", Profile::Compatible}, {"modern", Profile::Modern}},
        "compatible (default): AES-CBC and PKCS#1 v1.5, unless it is known that recipients read better;\n"
        "modern: AES-GCM and OAEP");
    command
        .add_option("--key", encrypt.options.originator,
                    "key of the sender, who can read it too (default: the keys on present tokens); 'none': nobody")
        ->type_name("KEY");
    add_mail(command, encrypt.options.input, encrypt.options.headers);
    add_output(command, encrypt.output, "write the encrypted message to OUT");
    add_input(command, encrypt.input, "MIME entity (or mail) for smime, any bytes for der and pem");
    command.footer(std::string(key_note) + file_note +
                   "\nExample: cardseal encrypt --to bert@example.org -o secret.eml mail.txt");
}

void add_decrypt(CLI::App& root, Decrypt& decrypt) {
    auto& command = *root.add_subcommand("decrypt", "Decrypt a message");
    command.add_option("--key", decrypt.options.key, "use this key (default: a recipient's key on a present token)")
        ->type_name("KEY");
    add_part(command, decrypt.options.part,
             "decrypt this part of a mail, such as 1.2 (default: the first that is encrypted)");
    add_output(command, decrypt.output, "write the content to OUT");
    add_input(command, decrypt.input, "DER, PEM, base64, S/MIME or a whole mail");
    command.footer(std::string(key_note) + file_note + "\nExample: cardseal decrypt secret.eml");
}

constexpr auto certificates_note = R"(
They lie in the user's folder, ~/.local/share/cardseal/certificates, where
valid signed mail and 'import' put them, and in the system's folders.
)";

void add_certificates(CLI::App& root, ListCertificates& list, ImportCertificates& import, ShowCertificates& show,
                      RemoveCertificate& remove) {
    auto& group = *root.add_subcommand("certificates", "Show, import and remove other people's certificates");
    group.require_subcommand(1);
    group.footer(certificates_note);
    auto& list_command = *group.add_subcommand("list", "Show the certificates that are known");
    add_switch(list_command, "--json", list.report, Report::Json, "for programs");
    list_command.add_option("ADDRESS", list.address, "only those with this e-mail address")->type_name("");
    auto& import_command = *group.add_subcommand("import", "Put certificates into the user's folder");
    import_command.add_option("FILE", import.files, "PEM with one or more certificates, or one in DER")
        ->required()
        ->type_name("");
    auto& show_command = *group.add_subcommand("show", "Print certificates in PEM, with what they say");
    add_switch(show_command, "--json", show.report, Report::Json, "for programs");
    show_command.add_option("FINGERPRINT|ADDRESS", show.name, "which; a beginning of 8 hex digits or more will do")
        ->required()
        ->type_name("");
    auto& remove_command = *group.add_subcommand("remove", "Remove a certificate from the user's folder");
    remove_command.add_option("FINGERPRINT", remove.fingerprint, "which; a beginning of 8 hex digits or more will do")
        ->required()
        ->type_name("");
}

void add_monitor(CLI::App& root, MonitorTokens& monitor) {
    auto& command = *root.add_subcommand("monitor", "Watch tokens, keys and their uses, until Ctrl-C");
    add_switch(command, "--json", monitor.report, Report::Json, "for programs: an object a line");
}

void add_doctor(CLI::App& root, ExamineMachine& examine) {
    auto& command = *root.add_subcommand("doctor", "Look for what is wrong, and say what to do about it");
    add_switch(command, "--json", examine.report, Report::Json, "for programs");
    command.footer("Exits with 1 if something is in the way of work. Asks for no PIN and changes nothing.");
}

constexpr auto token_note = R"(
TOKEN is a token's label, its serial number or a PKCS#11 URI; 'cardseal status'
shows the tokens.
)";

void add_lock(CLI::App& root, Unlock& unlock, Lock& lock) {
    auto& unlock_command = *root.add_subcommand("unlock", "Log in to a token, so that what follows asks for no PIN");
    unlock_command.add_option("TOKEN", unlock.token, "which (default: the only one)")->type_name("");
    unlock_command.footer(token_note);
    auto& lock_command = *root.add_subcommand("lock", "Log out of a token, or of all");
    lock_command.add_option("TOKEN", lock.token, "which (default: every one)")->type_name("");
    lock_command.footer(token_note);
}

void add_gpgme(CLI::App& root, SwitchGpgme& gpgme) {
    using Action = SwitchGpgme::Action;
    auto& group = *root.add_subcommand("gpgme", "Whether programs that use GPGME find Cardseal's keys");
    group.require_subcommand(1);
    const auto add = [&](const std::string& name, Action action, const std::string& text) {
        group.add_subcommand(name, text)->callback([&gpgme, action] { gpgme.action = action; });
    };
    add("enable", Action::Enable, "Have them run cardseal-gpgsm in the place of gpgsm");
    add("disable", Action::Disable, "Undo that");
    add("status", Action::ShowStatus, "Show which programs are found (exits with 1 if it is not enabled)");
    group.footer("\nEnabling puts a gpgconf into ~/.local/bin, which must come early in PATH; cardseal-gpgsm(1).");
}

void add_pin(CLI::App& root, ChangePin& change, UnblockPin& unblock) {
    auto& group = *root.add_subcommand("pin", "Change a token's PIN, or set a new one for a PIN that is locked");
    group.require_subcommand(1);
    group.footer(token_note);
    auto& change_command = *group.add_subcommand("change", "Change the PIN");
    change_command.add_option("TOKEN", change.token, "which (default: the only one)")->type_name("");
    auto& unblock_command = *group.add_subcommand("unblock", "Set a new PIN with the PUK or security officer's PIN");
    unblock_command.add_option("TOKEN", unblock.token, "which (default: the only one)")->type_name("");
}

void add_keygen(CLI::App& root, GenerateKey& generate) {
    auto& command = *root.add_subcommand("keygen", "Make a key on a token, where it stays");
    add_choice<KeyAlgorithm>(command, "--algorithm", generate.options.algorithm,
                             {{"rsa2048", KeyAlgorithm::Rsa2048},
                              {"rsa3072", KeyAlgorithm::Rsa3072},
                              {"rsa4096", KeyAlgorithm::Rsa4096},
                              {"p256", KeyAlgorithm::P256},
                              {"p384", KeyAlgorithm::P384},
                              {"p521", KeyAlgorithm::P521},
                              {"ed25519", KeyAlgorithm::Ed25519}},
                             "kind of key (default: the first the token makes of rsa3072, rsa2048, p256)");
    command.add_option("--label", generate.options.label, "a name for it")->type_name("LABEL");
    add_choice<KeyUse>(
        command, "--usage", generate.options.use,
        {{"both", KeyUse::Both}, {"sign", KeyUse::Sign}, {"decrypt", KeyUse::Decrypt}},
        "what the token lets it do (default: both); it can sign a request for its certificate in any case");
    command.add_option("TOKEN", generate.token, "where (default: the only one)")->type_name("");
    command.footer(std::string(token_note) + "\nExample: cardseal keygen --label mail");
}

void add_request(CLI::App& root, RequestCertificate& request) {
    auto& command = *root.add_subcommand("request", "Make a request for a key's certificate (PKCS#10)");
    command.add_option("--email", request.options.addresses, "an address that it is to be for; again for more")
        ->allow_extra_args(false)
        ->required()
        ->type_name("ADDRESS");
    command.add_option("--name", request.options.name, "name of the person (default: the first address)")
        ->type_name("NAME");
    add_choice<CertificateUse>(
        command, "--usage", request.options.use,
        {{"sign", CertificateUse::Sign}, {"encrypt", CertificateUse::Encrypt}, {"both", CertificateUse::Both}},
        "what the certificate is for (default: all that the key can do)");
    add_choice<Format>(command, "--format", request.format, {{"pem", Format::Pem}, {"der", Format::Der}},
                       "form of the output (default: pem)");
    add_output(command, request.output, "write the request to OUT");
    command.add_option("KEY", request.key, "which (default: the only one without a certificate)")->type_name("");
    command.footer(std::string(key_note) +
                   "\nAn authority makes a certificate of it; 'cardseal import-certificate' stores that.\n"
                   "\nExample: cardseal request --email anna@example.org --name 'Anna Example' -o anna.csr");
}

void add_store(CLI::App& root, StoreCertificate& store) {
    auto& command = *root.add_subcommand("import-certificate", "Put a key's certificate on the key's token");
    command.add_option("--label", store.options.label, "a name for it (default: the key's)")->type_name("LABEL");
    command.add_option("FILE", store.file, "PEM or DER from the authority; those above it are stored too")
        ->required()
        ->type_name("");
    command.add_option("TOKEN", store.options.token, "where (default: the one that has the key)")->type_name("");
    command.footer(std::string(token_note) + "\nExample: cardseal import-certificate anna.pem");
}

void add_open(CLI::App& root, Open& open) {
    auto& command = *root.add_subcommand("open", "Open every layer of a message, signed or encrypted");
    command.add_option("--key", open.key, "decrypt with this key (default: a recipient's key on a present token)")
        ->type_name("KEY");
    add_repeatable(command, "--trust", open.trust, "PEM", "trust the certificates in this file too; repeatable");
    add_switch(command, "--json", open.report, Report::Json, "print what each layer was for programs");
    add_output(command, open.output, "write the innermost content to OUT");
    add_input(command, open.input, "DER, PEM, base64, S/MIME or a whole mail");
    command.footer(std::string(key_note) + file_note +
                   "\nExits with 1, and writes nothing, if a layer is signed and not valid.\n\n"
                   "Example: cardseal open -o inner.txt mail.eml");
}

struct Requests {
    List list;
    ShowStatus status;
    Sign sign;
    Verify verify;
    Encrypt encrypt;
    Decrypt decrypt;
    Open open;
    ListCertificates list_certificates;
    ImportCertificates import_certificates;
    ShowCertificates show_certificates;
    RemoveCertificate remove_certificate;
    Unlock unlock;
    Lock lock;
    SwitchGpgme gpgme;
    ChangePin change_pin;
    UnblockPin unblock_pin;
    ExamineMachine examine;
    MonitorTokens monitor;
    GenerateKey generate;
    RequestCertificate request;
    StoreCertificate store;
};

void describe(CLI::App& root, Requests& requests) {
    root.name("cardseal");
    root.set_version_flag("--version", std::string("cardseal ") + CARDSEAL_VERSION, "Print the version and exit");
    root.set_help_flag("-h,--help", "Print this help and exit");
    root.get_formatter()->column_width(34);
    root.footer(general_footer);
    root.require_subcommand(1);
    add_list(root, requests.list);
    add_status(root, requests.status);
    add_sign(root, requests.sign);
    add_verify(root, requests.verify);
    add_encrypt(root, requests.encrypt);
    add_decrypt(root, requests.decrypt);
    add_open(root, requests.open);
    add_certificates(root, requests.list_certificates, requests.import_certificates, requests.show_certificates,
                     requests.remove_certificate);
    add_lock(root, requests.unlock, requests.lock);
    add_gpgme(root, requests.gpgme);
    add_pin(root, requests.change_pin, requests.unblock_pin);
    add_doctor(root, requests.examine);
    add_monitor(root, requests.monitor);
    add_keygen(root, requests.generate);
    add_request(root, requests.request);
    add_store(root, requests.store);
}

Error wrong_use(const std::string& message) { return failure(ErrorCode::InvalidArgs, message); }

std::string help_of(const CLI::App& root) {
    const auto* command = &root;
    std::string before;
    for (auto chosen = root.get_subcommands(); !chosen.empty(); chosen = command->get_subcommands()) {
        before += (before.empty() ? "" : " ") + command->get_name();
        command = chosen.front();
    }
    return before.empty() ? root.help() : command->help(before);
}

/// What is wrong when CLI11 misses a command or an option.
std::string missing_part(const CLI::App& root, const CLI::RequiredError& error) {
    if (!root.get_subcommands().empty()) return error.what();
    const auto words = root.remaining();
    return words.empty() ? "a command is required" : "there is no command or option '" + words.front() + "'";
}

void check_report(Report report, const std::optional<FileName>& output) {
    if (report == Report::Json && output && is_standard(*output))
        throw wrong_use("--json and '-o -' both want standard output");
}

void check(const Verify& verify) {
    check_report(verify.report, verify.output);
    if (verify.content && is_standard(*verify.content) && is_standard(verify.input))
        throw wrong_use("the signature and its content cannot both come from standard input");
}

Request chosen_certificates_request(const CLI::App& group, Requests& requests) {
    if (group.got_subcommand("list")) return std::move(requests.list_certificates);
    if (group.got_subcommand("import")) return std::move(requests.import_certificates);
    if (group.got_subcommand("show")) return std::move(requests.show_certificates);
    return std::move(requests.remove_certificate);
}

Request chosen_request(const CLI::App& root, Requests& requests) {
    if (root.got_subcommand("certificates"))
        return chosen_certificates_request(*root.get_subcommand("certificates"), requests);
    if (root.got_subcommand("pin")) {
        if (root.get_subcommand("pin")->got_subcommand("change")) return std::move(requests.change_pin);
        return std::move(requests.unblock_pin);
    }
    if (root.got_subcommand("unlock")) return std::move(requests.unlock);
    if (root.got_subcommand("lock")) return std::move(requests.lock);
    if (root.got_subcommand("gpgme")) return requests.gpgme;
    if (root.got_subcommand("doctor")) return requests.examine;
    if (root.got_subcommand("monitor")) return requests.monitor;
    if (root.got_subcommand("keygen")) return std::move(requests.generate);
    if (root.got_subcommand("request")) return std::move(requests.request);
    if (root.got_subcommand("import-certificate")) return std::move(requests.store);
    if (root.got_subcommand("list")) return requests.list;
    if (root.got_subcommand("status")) return requests.status;
    if (root.got_subcommand("sign")) return std::move(requests.sign);
    if (root.got_subcommand("encrypt")) return std::move(requests.encrypt);
    if (root.got_subcommand("decrypt")) return std::move(requests.decrypt);
    if (root.got_subcommand("open")) {
        check_report(requests.open.report, requests.open.output);
        return std::move(requests.open);
    }
    check(requests.verify);
    return std::move(requests.verify);
}

}  // namespace

Request parse_arguments(int argument_count, const char* const* arguments) {
    CLI::App root(description);
    Requests requests;
    describe(root, requests);
    try {  // CLI11's exceptions become answers or our errors
        root.parse(argument_count, arguments);
    } catch (const CLI::CallForHelp&) {
        return ShowText{help_of(root)};
    } catch (const CLI::CallForVersion& version) {
        return ShowText{std::string(version.what()) + "\n"};
    } catch (const CLI::RequiredError& error) {
        throw wrong_use(missing_part(root, error));
    } catch (const CLI::ParseError& error) {
        throw wrong_use(error.what());
    }
    return chosen_request(root, requests);
}

}  // namespace cardseal::client
