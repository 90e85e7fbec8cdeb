// SPDX-License-Identifier: LGPL-2.1-or-later
// Options as the maps that the interface takes, and the interface's maps as results.
#include "wire.hpp"

#include <fcntl.h>

#include <array>

namespace cardseal::client {

namespace {

// The interface's words, in the order of the enumerations.
constexpr auto format_words = std::to_array<const char*>({"smime", "der", "pem"});
constexpr auto form_words = std::to_array<const char*>({"auto", "smime", "der", "pem"});
constexpr auto digest_words = std::to_array<const char*>({"", "sha256", "sha384", "sha512"});
constexpr auto padding_words = std::to_array<const char*>({"", "pkcs1", "pss"});
constexpr auto cipher_words =
    std::to_array<const char*>({"", "aes-256-cbc", "aes-256-gcm", "aes-128-cbc", "aes-128-gcm", "chacha20-poly1305"});
constexpr auto transport_words = std::to_array<const char*>({"", "pkcs1", "oaep"});
constexpr auto profile_words = std::to_array<const char*>({"", "compatible", "modern"});
constexpr auto key_algorithm_words =
    std::to_array<const char*>({"", "rsa2048", "rsa3072", "rsa4096", "p256", "p384", "p521", "ed25519"});
constexpr auto key_use_words = std::to_array<const char*>({"", "both", "sign", "decrypt"});
constexpr auto certificate_use_words = std::to_array<const char*>({"", "sign", "encrypt", "both"});

template <class Words, class Choice>
std::string word(const Words& words, Choice choice) {
    return words.at(static_cast<size_t>(choice));
}

void add(Fields& fields, const std::string& name, const std::string& text) {
    if (!text.empty()) fields[name] = sdbus::Variant(text);
}

void add_prompt(Fields& fields, const Prompt& prompt) {
    add(fields, "interaction", prompt.interaction == Interaction::Allowed ? "allowed" : "none");
    add(fields, "display", prompt.display);
    add(fields, "ttyname", prompt.ttyname);
    add(fields, "ttytype", prompt.ttytype);
    add(fields, "lc_ctype", prompt.lc_ctype);
}

void add_mail(Fields& fields, Input input, Headers headers) {
    if (input == Input::Message) fields["message"] = sdbus::Variant(true);
    if (headers == Headers::Protected) fields["protect_headers"] = sdbus::Variant(true);
}

void add_descriptor(Fields& fields, const std::string& name, int descriptor) {
    if (descriptor >= 0) fields[name] = sdbus::Variant(wire_descriptor(descriptor, name));
}

template <class Value>
void read(const Fields& fields, const char* name, Value& value) {
    const auto found = fields.find(name);
    if (found == fields.end()) return;
    try {
        value = found->second.get<Value>();
    } catch (const sdbus::Error&) {  // sdbus-c++'s error becomes ours
        throw failure(ErrorCode::Internal, std::string("the daemon's answer has another type of '") + name + "'");
    }
}

template <class Item>
void read_items(const Fields& fields, const char* name, std::vector<Item>& items, Item (*read_item)(const Fields&)) {
    std::vector<Fields> maps;
    read(fields, name, maps);
    for (const auto& map : maps) items.push_back(read_item(map));
}

void read_headers(const Fields& fields, std::vector<Header>& headers) {
    std::vector<sdbus::Struct<std::string, std::string>> pairs;
    read(fields, "headers", pairs);
    for (const auto& pair : pairs) headers.push_back({std::get<0>(pair), std::get<1>(pair)});
}

Signer read_signer(const Fields& fields) {
    Signer signer;
    read(fields, "valid", signer.valid);
    read(fields, "signature", signer.signature);
    read(fields, "chain", signer.chain);
    read(fields, "reason", signer.reason);
    read(fields, "fingerprint", signer.fingerprint);
    read(fields, "subject", signer.subject);
    read(fields, "addresses", signer.addresses);
    read(fields, "signing_time", signer.signing_time);
    read(fields, "digest_algorithm", signer.digest_algorithm);
    read(fields, "signature_algorithm", signer.signature_algorithm);
    read(fields, "revocation", signer.revocation);
    read(fields, "revocation_reason", signer.revocation_reason);
    read(fields, "weaknesses", signer.weaknesses);
    read(fields, "address_match", signer.address_match);
    read(fields, "key_algorithm", signer.key_algorithm);
    read(fields, "key_bits", signer.key_bits);
    read(fields, "certificate", signer.certificate);
    return signer;
}

Part read_part(const Fields& fields) {
    Part part;
    read(fields, "path", part.path);
    read(fields, "media_type", part.media_type);
    read(fields, "kind", part.kind);
    read(fields, "file_name", part.file_name);
    read(fields, "bytes", part.bytes);
    read(fields, "covered", part.covered);
    return part;
}

Token read_token(const Fields& fields) {
    Token token;
    read(fields, "label", token.label);
    read(fields, "uri", token.uri);
    read(fields, "manufacturer", token.manufacturer);
    read(fields, "model", token.model);
    read(fields, "serial", token.serial);
    read(fields, "authentication", token.authentication);
    read(fields, "pin_state", token.pin_state);
    read(fields, "logged_in", token.logged_in);
    read(fields, "keys", token.keys);
    return token;
}

Reader read_reader(const Fields& fields) {
    Reader reader;
    read(fields, "description", reader.description);
    read(fields, "token", reader.token);
    read(fields, "initialised", reader.initialised);
    return reader;
}

Module read_module(const Fields& fields) {
    Module module;
    read(fields, "path", module.path);
    read(fields, "state", module.state);
    read(fields, "message", module.message);
    read_items(fields, "tokens", module.tokens, read_token);
    read_items(fields, "readers", module.readers, read_reader);
    return module;
}

}  // namespace

Fields wire_options(const SignOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "format", word(format_words, options.format));
    if (options.content == Content::Opaque) fields["opaque"] = sdbus::Variant(true);
    add(fields, "digest", word(digest_words, options.digest));
    add(fields, "padding", word(padding_words, options.padding));
    add_mail(fields, options.input, options.headers);
    if (options.next == Next::Encrypt) fields["to_be_encrypted"] = sdbus::Variant(true);
    add_prompt(fields, options.prompt);
    return fields;
}

Fields wire_options(const DecryptOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "key", options.key);
    add(fields, "form", word(form_words, options.form));
    if (options.part) fields["part"] = sdbus::Variant(*options.part);
    add_prompt(fields, options.prompt);
    return fields;
}

Fields wire_options(const Prompt& prompt, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add_prompt(fields, prompt);
    return fields;
}

Fields wire_options(const GenerateOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "algorithm", word(key_algorithm_words, options.algorithm));
    add(fields, "usage", word(key_use_words, options.use));
    add(fields, "label", options.label);
    add_prompt(fields, options.prompt);
    return fields;
}

Fields wire_options(const RequestOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    fields["addresses"] = sdbus::Variant(options.addresses);
    add(fields, "name", options.name);
    add(fields, "usage", word(certificate_use_words, options.use));
    add_prompt(fields, options.prompt);
    return fields;
}

Fields wire_options(const StoreOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "token", options.token);
    add(fields, "label", options.label);
    add_prompt(fields, options.prompt);
    return fields;
}

Fields wire_options(const DecompressOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "form", word(form_words, options.form));
    if (options.part) fields["part"] = sdbus::Variant(*options.part);
    return fields;
}

Fields wire_options(const VerifyOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "form", word(form_words, options.form));
    add_descriptor(fields, "content", options.content);
    add_descriptor(fields, "output", options.output);
    if (!options.trust.empty()) fields["trust"] = sdbus::Variant(options.trust);
    if (options.time) fields["time"] = sdbus::Variant(*options.time);
    if (!options.from.empty()) fields["from"] = sdbus::Variant(options.from);
    if (options.part) fields["part"] = sdbus::Variant(*options.part);
    return fields;
}

Fields wire_options(const InspectOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "form", word(form_words, options.form));
    return fields;
}

Fields wire_options(const EncryptOptions& options, const std::string& handle_token) {
    Fields fields;
    add(fields, "handle_token", handle_token);
    add(fields, "format", word(format_words, options.format));
    add(fields, "cipher", word(cipher_words, options.cipher));
    add(fields, "rsa_transport", word(transport_words, options.rsa_transport));
    add_mail(fields, options.input, options.headers);
    add(fields, "profile", word(profile_words, options.profile));
    if (!options.addresses.empty()) fields["addresses"] = sdbus::Variant(options.addresses);
    add(fields, "originator", options.originator);
    add_prompt(fields, options.prompt);
    return fields;
}

Fields wire_filter(const KeyFilter& filter) {
    Fields fields;
    add(fields, "key", filter.key);
    add(fields, "email", filter.email);
    add(fields, "usage", filter.usage);
    add(fields, "fingerprint", filter.fingerprint);
    add(fields, "certificate", filter.certificate);
    if (filter.verdicts == Verdicts::Wanted) fields.emplace("verdicts", sdbus::Variant(true));
    return fields;
}

Fields wire_filter(const CertificateFilter& filter) {
    Fields fields;
    add(fields, "email", filter.email);
    add(fields, "usage", filter.usage);
    add(fields, "fingerprint", filter.fingerprint);
    return fields;
}

sdbus::UnixFd wire_descriptor(int descriptor, const std::string& what) {
    const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) throw errno_failure(ErrorCode::InvalidArgs, "cannot pass the " + what);
    return sdbus::UnixFd(copy, sdbus::adopt_fd);
}

Transfer read_transfer(const Fields& fields) {
    Transfer transfer;
    read(fields, "bytes_in", transfer.bytes_in);
    read(fields, "bytes_out", transfer.bytes_out);
    return transfer;
}

Decryption read_decryption(const Fields& fields) {
    Decryption decryption;
    decryption.transfer = read_transfer(fields);
    read(fields, "integrity", decryption.integrity);
    read(fields, "content_cipher", decryption.content_cipher);
    read(fields, "key", decryption.key);
    read_headers(fields, decryption.headers);
    read(fields, "notes", decryption.notes);
    read_items(fields, "parts", decryption.parts, read_part);
    return decryption;
}

Verification read_verification(const Fields& fields) {
    Verification verification;
    verification.transfer = read_transfer(fields);
    read(fields, "valid", verification.valid);
    read_items(fields, "signers", verification.signers, read_signer);
    read_headers(fields, verification.headers);
    read_items(fields, "parts", verification.parts, read_part);
    return verification;
}

Inspection read_inspection(const Fields& fields) {
    Inspection inspection;
    read(fields, "bytes_in", inspection.bytes_in);
    read_items(fields, "parts", inspection.parts, read_part);
    return inspection;
}

GeneratedKey read_generated_key(const Fields& fields) {
    GeneratedKey key;
    read(fields, "key", key.id);
    read(fields, "uri", key.uri);
    return key;
}

std::vector<uint8_t> read_certificate_request(const Fields& fields) {
    std::vector<uint8_t> request;
    read(fields, "request", request);
    return request;
}

StoredOnToken read_stored_on_token(const Fields& fields) {
    StoredOnToken stored;
    read(fields, "key", stored.key);
    read(fields, "token", stored.token);
    read(fields, "stored", stored.stored);
    read(fields, "present", stored.present);
    return stored;
}

Key read_key(const std::string& id, const Fields& fields) {
    Key key;
    key.id = id;
    read(fields, "token", key.token);
    read(fields, "token_uri", key.token_uri);
    read(fields, "uri", key.uri);
    read(fields, "label", key.label);
    read(fields, "algorithm", key.algorithm);
    read(fields, "bits", key.bits);
    read(fields, "curve", key.curve);
    read(fields, "usages", key.usages);
    read(fields, "certificate", key.certificate);
    read(fields, "chain", key.chain);
    read(fields, "fingerprint", key.fingerprint);
    read(fields, "subject", key.subject);
    read(fields, "addresses", key.addresses);
    read(fields, "not_before", key.not_before);
    read(fields, "not_after", key.not_after);
    read(fields, "logged_in", key.logged_in);
    read(fields, "always_authenticate", key.always_authenticate);
    read(fields, "verdict", key.verdict);
    read(fields, "verdict_reason", key.verdict_reason);
    return key;
}

StoredCertificate read_certificate(const std::string& fingerprint, const Fields& fields) {
    StoredCertificate certificate;
    certificate.fingerprint = fingerprint;
    read(fields, "certificate", certificate.certificate);
    read(fields, "subject", certificate.subject);
    read(fields, "issuer", certificate.issuer);
    read(fields, "serial", certificate.serial);
    read(fields, "addresses", certificate.addresses);
    read(fields, "not_before", certificate.not_before);
    read(fields, "not_after", certificate.not_after);
    read(fields, "key_algorithm", certificate.key_algorithm);
    read(fields, "key_bits", certificate.key_bits);
    read(fields, "usages", certificate.usages);
    read(fields, "source", certificate.source);
    read(fields, "chain", certificate.chain);
    read(fields, "reason", certificate.reason);
    read(fields, "capabilities", certificate.capabilities);
    read(fields, "seen", certificate.seen);
    return certificate;
}

Status read_status(const Fields& fields) {
    Status status;
    read(fields, "version", status.version);
    read(fields, "configuration", status.configuration);
    read(fields, "pinentry", status.pinentry);
    read(fields, "jobs", status.jobs);
    read(fields, "landlock", status.landlock);
    read(fields, "logind", status.logind);
    read_items(fields, "modules", status.modules, read_module);
    return status;
}

}  // namespace cardseal::client
