// SPDX-License-Identifier: LGPL-2.1-or-later
// The command lines that cardseal.rc has for mutt.
#include "mutt/arguments.hpp"

#include "command/choices.hpp"
#include "command/command_line.hpp"

namespace cardseal::client::mutt {

namespace {

constexpr auto description =
    "Signs, verifies, encrypts and decrypts for mutt and neomutt, whose command templates\n"
    "run it. One line in the muttrc has them do so:\n\n"
    "  source /usr/share/cardseal/cardseal.rc";

template <class Value>
CLI::Option* add_needed(CLI::App& command, const std::string& name, Value& value, const std::string& text) {
    return command.add_option(name, value, text)->required()->type_name("");
}

void describe(CLI::App& root, Requests<Request>& requests) {
    name_program(root, "cardseal-mutt");
    root.require_subcommand(1);

    auto& folder = *root.add_subcommand(
        "folder", "Write what mutt looks keys and certificates up in, and print the folder's name");
    requests.choose(folder, MakeFolder{});

    auto& sign = *root.add_subcommand("sign", "$smime_sign_command");
    auto& sign_request = requests.of<SignEntity>(sign);
    add_choice<Digest>(sign, "--digest", sign_request.digest,
                       {{"sha256", Digest::Sha256}, {"sha384", Digest::Sha384}, {"sha512", Digest::Sha512}},
                       "digest algorithm");
    add_needed(sign, "KEY", sign_request.key, "%k")->transform(name_in);
    add_needed(sign, "FILE", sign_request.entity, "%f");

    auto& encrypt = *root.add_subcommand("encrypt", "$smime_encrypt_command");
    auto& encrypt_request = requests.of<EncryptEntity>(encrypt);
    add_needed(encrypt, "FILE", encrypt_request.entity, "%f");
    add_needed(encrypt, "RECIPIENT", encrypt_request.recipients, "%c")->transform(name_in);

    auto& decrypt = *root.add_subcommand("decrypt", "$smime_decrypt_command");
    add_needed(decrypt, "FILE", requests.of<DecryptMessage>(decrypt).message, "%f");

    auto& verify = *root.add_subcommand("verify", "$smime_verify_command");
    auto& verify_request = requests.of<VerifyEntity>(verify);
    add_needed(verify, "SIGNATURE", verify_request.signature, "%s");
    add_needed(verify, "CONTENT", verify_request.content, "%f");

    auto& opaque = *root.add_subcommand("verify-opaque", "$smime_verify_opaque_command");
    add_needed(opaque, "MESSAGE", requests.of<VerifyEntity>(opaque).signature, "%s");

    auto& signer = *root.add_subcommand("signer", "$smime_get_signer_cert_command");
    auto& signer_request = requests.of<ExtractSigner>(signer);
    add_needed(signer, "MAIL", signer_request.mail, "%f");
    add_needed(signer, "OUT", signer_request.certificate, "%c");

    auto& addresses = *root.add_subcommand("addresses", "$smime_get_cert_email_command");
    add_needed(addresses, "FILE", requests.of<ShowAddresses>(addresses).certificate, "%f");

    auto& certificates = *root.add_subcommand("certificates", "$smime_get_cert_command");
    add_needed(certificates, "FILE", requests.of<ExtractCertificates>(certificates).message, "%f");

    auto& import = *root.add_subcommand("import", "$smime_import_cert_command");
    add_needed(import, "FILE", requests.of<ImportCertificate>(import).certificate, "%f");
}

}  // namespace

std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Request parse_arguments(int argument_count, const char* const* arguments) {
    CLI::App root(description);
    Requests<Request> requests;
    describe(root, requests);
    return parse<Request>(root, words_of(argument_count, arguments), [&] { return requests.chosen(); });
}

}  // namespace cardseal::client::mutt
