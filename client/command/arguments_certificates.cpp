// SPDX-License-Identifier: LGPL-2.1-or-later
// The command lines of certificates.
#include "command/families.hpp"
#include "command/options.hpp"

namespace cardseal::client {

namespace {

constexpr auto certificates_note =
    R"(They lie in the user's folder, ~/.local/share/cardseal/certificates, where
valid signed mail and 'import' put them, and in the system's folders.)";

constexpr auto which = "which; of a fingerprint a beginning of 8 hex digits or more will do";

void add_list(CLI::App& group, Requests<Request>& requests) {
    auto& command = *group.add_subcommand("list", "Show the certificates that are known");
    auto& list = requests.of<ListCertificates>(command);
    add_json(command, list.report);
    add_word(command, "ADDRESS", list.address, "only those with this e-mail address");
}

void add_import(CLI::App& group, Requests<Request>& requests) {
    auto& command = *group.add_subcommand("import", "Put certificates into the user's folder");
    auto& import = requests.of<ImportCertificates>(command);
    add_json(command, import.report);
    add_word(command, "FILE", import.files, "PEM with one or more certificates, or one in DER")->required();
    add_notes(command, {certificates_note, "Example: cardseal certificates import bert.pem"});
}

void add_show(CLI::App& group, Requests<Request>& requests) {
    auto& command = *group.add_subcommand("show", "Print certificates in PEM, with what they say");
    auto& show = requests.of<ShowCertificates>(command);
    add_json(command, show.report);
    add_word(command, "FINGERPRINT|ADDRESS", show.name, which)->required();
}

void add_remove(CLI::App& group, Requests<Request>& requests) {
    auto& command = *group.add_subcommand("remove", "Remove a certificate from the user's folder");
    add_word(command, "FINGERPRINT", requests.of<RemoveCertificate>(command).fingerprint, which)->required();
}

}  // namespace

void add_certificate_commands(CLI::App& root, Requests<Request>& requests) {
    auto& group = *root.add_subcommand("certificates", "Show, import and remove other people's certificates");
    group.require_subcommand(1);
    add_notes(group, {certificates_note});
    add_list(group, requests);
    add_import(group, requests);
    add_show(group, requests);
    add_remove(group, requests);
}

}  // namespace cardseal::client
