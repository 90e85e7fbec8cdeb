// SPDX-License-Identifier: LGPL-2.1-or-later
// The command lines of sign and encrypt.
#include "command/choices.hpp"
#include "command/families.hpp"
#include "command/options.hpp"

namespace cardseal::client {

namespace {

constexpr auto sign_note = R"(smime makes line endings CRLF and gives multipart/signed, or with --opaque
application/pkcs7-mime. Detached, a body that is not 7-bit text is signed as
quoted-printable or base64.)";

constexpr auto input_text = "MIME entity (or mail) for smime, any bytes for der and pem";

void add_sign(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("sign", "Sign a MIME entity or a file");
    auto& sign = requests.of<Sign>(command);
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
    add_choice<Certificates>(command, "--certificates", sign.options.certificates,
                             {{"none", Certificates::None},
                              {"signer", Certificates::Signer},
                              {"chain", Certificates::Chain},
                              {"all", Certificates::All}},
                             "which certificates the signature brings along: chain is all but the root (default: all)");
    auto* protect = add_mail(command, sign.options.input, sign.options.headers);
    add_switch(command, "--to-be-encrypted", sign.options.next, Next::Encrypt,
               "'cardseal encrypt --message' comes next: hide the subject outside")
        ->needs(protect);
    add_output(command, sign.output, "write the signed message to OUT");
    add_word(command, "FILE", sign.input, input_text);
    add_notes(command, {key_note, file_note, sign_note,
                        "Example: cardseal sign --message --key anna@example.org -o signed.eml mail.eml"});
}

void add_encrypt(CLI::App& root, Requests<Request>& requests) {
    auto& command = *root.add_subcommand("encrypt", "Encrypt to certificates, and to oneself");
    auto& encrypt = requests.of<Encrypt>(command);
    add_repeatable(command, "--to", encrypt.recipients, "CERT.pem|ADDRESS",
                   "a recipient: a file with the certificate, PEM or DER, or an address; again for more")
        ->required();
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
    add_text(command, "--key", encrypt.options.originator, "KEY|none",
             "key of the sender, who can read it too (default: the keys on present tokens); 'none': nobody");
    add_mail(command, encrypt.options.input, encrypt.options.headers);
    add_output(command, encrypt.output, "write the encrypted message to OUT");
    add_word(command, "FILE", encrypt.input, input_text);
    add_notes(command, {key_note, file_note, "Example: cardseal encrypt --to bert@example.org -o secret.eml mail.txt"});
}

}  // namespace

void add_writing_commands(CLI::App& root, Requests<Request>& requests) {
    add_sign(root, requests);
    add_encrypt(root, requests);
}

}  // namespace cardseal::client
