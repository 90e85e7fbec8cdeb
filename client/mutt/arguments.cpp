// SPDX-License-Identifier: LGPL-2.1-or-later
// The command lines that cardseal.rc has for mutt.
#include "mutt/arguments.hpp"

#include <CLI/CLI.hpp>

#include "command/choices.hpp"
#include "failure.hpp"

namespace cardseal::client::mutt {

namespace {

constexpr auto description =
    "Signs, verifies, encrypts and decrypts for mutt and neomutt, whose command templates\n"
    "run it. One line in the muttrc has them do so:\n\n"
    "  source /usr/share/cardseal/cardseal.rc";

struct Requests {
    MakeFolder make_folder;
    SignEntity sign;
    EncryptEntity encrypt;
    DecryptMessage decrypt;
    VerifyEntity verify;
    VerifyEntity verify_opaque;
    ExtractSigner extract_signer;
    ShowAddresses show_addresses;
    ExtractCertificates extract_certificates;
    ImportCertificate import;
};

void add_word(CLI::App& command, const std::string& name, std::string& target, const std::string& text) {
    command.add_option(name, target, text)->required()->type_name("");
}

void describe(CLI::App& root, Requests& requests) {
    root.name("cardseal-mutt");
    root.set_version_flag("--version", std::string("cardseal-mutt ") + CARDSEAL_VERSION, "Print the version and exit");
    root.set_help_flag("-h,--help", "Print this help and exit");
    root.require_subcommand(1);

    root.add_subcommand("folder", "Write what mutt looks keys and certificates up in, and print the folder's name");

    auto& sign = *root.add_subcommand("sign", "$smime_sign_command");
    add_choice<Digest>(sign, "--digest", requests.sign.digest,
                       {{"sha256", Digest::Sha256}, {"sha384", Digest::Sha384}, {"sha512", Digest::Sha512}},
                       "digest algorithm");
    add_word(sign, "KEY", requests.sign.key, "%k");
    add_word(sign, "FILE", requests.sign.entity, "%f");

    auto& encrypt = *root.add_subcommand("encrypt", "$smime_encrypt_command");
    add_word(encrypt, "FILE", requests.encrypt.entity, "%f");
    encrypt.add_option("RECIPIENT", requests.encrypt.recipients, "%c")->required()->type_name("");

    auto& decrypt = *root.add_subcommand("decrypt", "$smime_decrypt_command");
    add_word(decrypt, "FILE", requests.decrypt.message, "%f");

    auto& verify = *root.add_subcommand("verify", "$smime_verify_command");
    add_word(verify, "SIGNATURE", requests.verify.signature, "%s");
    add_word(verify, "CONTENT", requests.verify.content, "%f");

    auto& opaque = *root.add_subcommand("verify-opaque", "$smime_verify_opaque_command");
    add_word(opaque, "MESSAGE", requests.verify_opaque.signature, "%s");

    auto& signer = *root.add_subcommand("signer", "$smime_get_signer_cert_command");
    add_word(signer, "MAIL", requests.extract_signer.mail, "%f");
    add_word(signer, "OUT", requests.extract_signer.certificate, "%c");

    auto& addresses = *root.add_subcommand("addresses", "$smime_get_cert_email_command");
    add_word(addresses, "FILE", requests.show_addresses.certificate, "%f");

    auto& certificates = *root.add_subcommand("certificates", "$smime_get_cert_command");
    add_word(certificates, "FILE", requests.extract_certificates.message, "%f");

    auto& import = *root.add_subcommand("import", "$smime_import_cert_command");
    add_word(import, "FILE", requests.import.certificate, "%f");
}

Request chosen(const CLI::App& root, Requests& requests) {
    const auto name = root.get_subcommands().front()->get_name();
    if (name == "sign") return requests.sign;
    if (name == "encrypt") return requests.encrypt;
    if (name == "decrypt") return requests.decrypt;
    if (name == "verify") return requests.verify;
    if (name == "verify-opaque") return requests.verify_opaque;
    if (name == "signer") return requests.extract_signer;
    if (name == "addresses") return requests.show_addresses;
    if (name == "certificates") return requests.extract_certificates;
    if (name == "import") return requests.import;
    return requests.make_folder;
}

}  // namespace

std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Request parse_arguments(int argument_count, const char* const* arguments) {
    CLI::App root(description);
    Requests requests;
    describe(root, requests);
    try {
        root.parse(argument_count, arguments);
    } catch (const CLI::CallForHelp&) {
        return ShowText{root.help()};
    } catch (const CLI::CallForVersion& version) {
        return ShowText{std::string(version.what()) + "\n"};
    } catch (const CLI::ParseError& error) {
        throw failure(ErrorCode::InvalidArgs, error.what());
    }
    requests.sign.key = name_in(requests.sign.key);
    for (auto& recipient : requests.encrypt.recipients) recipient = name_in(recipient);
    return chosen(root, requests);
}

}  // namespace cardseal::client::mutt
