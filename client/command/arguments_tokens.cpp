// SPDX-License-Identifier: LGPL-2.1-or-later
// The command lines of what looks after tokens, their keys and the certificates of these.
#include "command/choices.hpp"
#include "command/families.hpp"
#include "command/options.hpp"

namespace cardseal::client {

namespace {

constexpr auto only_token = "which (default: the only one)";

void add_list(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("list", "Show the keys on the tokens that are present");
    add_json(command, requests.of<List>(command).report);
    add_notes(command, {"Some tokens show their keys after 'cardseal unlock' only."});
}

void add_lock(CLI::App& root, Requests<Request>& requests) {
    auto& unlock = *root.add_subcommand("unlock", "Log in to a token, so that what follows asks for no PIN");
    add_word(unlock, "TOKEN", requests.of<Unlock>(unlock).token, only_token);
    add_notes(unlock, {token_note, "Example: cardseal unlock"});
    auto& lock = *root.add_subcommand("lock", "Log out of a token, or of all");
    add_word(lock, "TOKEN", requests.of<Lock>(lock).token, "which (default: every one)");
    add_notes(lock, {token_note});
}

void add_pin(CLI::App& root, Requests<Request>& requests) {
    auto& group = *root.add_subcommand("pin", "Change a token's PIN, or set a new one for a PIN that is locked");
    group.require_subcommand(1);
    add_notes(group, {token_note});
    auto& change = *group.add_subcommand("change", "Change the PIN");
    add_word(change, "TOKEN", requests.of<ChangePin>(change).token, only_token);
    add_notes(change, {token_note, "Example: cardseal pin change"});
    auto& unblock = *group.add_subcommand("unblock", "Set a new PIN with the PUK or security officer's PIN");
    add_word(unblock, "TOKEN", requests.of<UnblockPin>(unblock).token, only_token);
}

void add_keygen(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("keygen", "Make a key on a token, where it stays");
    auto& generate = requests.of<GenerateKey>(command);
    add_choice<KeyAlgorithm>(command, "--algorithm", generate.options.algorithm,
                             {{"rsa2048", KeyAlgorithm::Rsa2048},
                              {"rsa3072", KeyAlgorithm::Rsa3072},
                              {"rsa4096", KeyAlgorithm::Rsa4096},
                              {"p256", KeyAlgorithm::P256},
                              {"p384", KeyAlgorithm::P384},
                              {"p521", KeyAlgorithm::P521},
                              {"ed25519", KeyAlgorithm::Ed25519}},
                             "kind of key (default: the first the token makes of rsa3072, rsa2048, p256)");
    add_text(command, "--label", generate.options.label, "LABEL", "a name for it");
    add_choice<KeyUse>(
        command, "--usage", generate.options.use,
        {{"both", KeyUse::Both}, {"sign", KeyUse::Sign}, {"decrypt", KeyUse::Decrypt}},
        "what the token lets it do (default: both); it can sign a request for its certificate in any case");
    add_json(command, generate.report);
    add_word(command, "TOKEN", generate.token, "where (default: the only one)");
    add_notes(command, {token_note, "Example: cardseal keygen --label mail"});
}

void add_request(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("request", "Make a request for a key's certificate (PKCS#10)");
    auto& request = requests.of<RequestCertificate>(command);
    add_repeatable(command, "--email", request.options.addresses, "ADDRESS",
                   "an address that it is to be for; again for more")
        ->required();
    add_text(command, "--name", request.options.name, "NAME", "name of the person (default: the first address)");
    add_choice<CertificateUse>(
        command, "--usage", request.options.use,
        {{"sign", CertificateUse::Sign}, {"encrypt", CertificateUse::Encrypt}, {"both", CertificateUse::Both}},
        "what the certificate is for (default: all that the key can do)");
    add_choice<Format>(command, "--format", request.format, {{"pem", Format::Pem}, {"der", Format::Der}},
                       "form of the output (default: pem)");
    add_output(command, request.output, "write the request to OUT");
    add_word(command, "KEY", request.key, "which (default: the only one without a certificate)");
    add_notes(command, {key_note, "An authority makes a certificate of it; 'cardseal import-certificate' stores that.",
                        "Example: cardseal request --email anna@example.org --name 'Anna Example' -o anna.csr"});
}

void add_store(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("import-certificate", "Put a key's certificate on the key's token");
    auto& store = requests.of<StoreCertificate>(command);
    add_text(command, "--label", store.options.label, "LABEL", "a name for it (default: the key's)");
    add_json(command, store.report);
    add_word(command, "FILE", store.file, "PEM or DER from the authority; those above it are stored too")->required();
    add_word(command, "TOKEN", store.options.token, "where (default: the one that has the key)");
    add_notes(command, {token_note, "Example: cardseal import-certificate anna.pem"});
}

}  // namespace

void add_token_commands(CLI::App& root, Requests<Request>& requests) {
    add_list(root, requests);
    add_lock(root, requests);
    add_pin(root, requests);
    add_keygen(root, requests);
    add_request(root, requests);
    add_store(root, requests);
}

}  // namespace cardseal::client
