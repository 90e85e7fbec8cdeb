// SPDX-License-Identifier: LGPL-2.1-or-later
// The options (a{sv}) of each method: names, types, choices.
#include "broker/options.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "broker/process_label.hpp"

namespace cardseal::broker {

namespace {

template <class Enum>
struct Word {
    std::string_view text;
    Enum value;
};

constexpr auto output_forms = std::to_array<Word<ipc::OutputForm>>(
    {{"smime", ipc::OutputForm::Smime}, {"der", ipc::OutputForm::Der}, {"pem", ipc::OutputForm::Pem}});
constexpr auto input_forms = std::to_array<Word<ipc::InputForm>>({{"auto", ipc::InputForm::Auto},
                                                                  {"der", ipc::InputForm::Der},
                                                                  {"pem", ipc::InputForm::Pem},
                                                                  {"smime", ipc::InputForm::Smime}});
constexpr auto digests =
    std::to_array<Word<Digest>>({{"sha256", Digest::Sha256}, {"sha384", Digest::Sha384}, {"sha512", Digest::Sha512}});
constexpr auto paddings =
    std::to_array<Word<SignaturePadding>>({{"pkcs1", SignaturePadding::Pkcs1}, {"pss", SignaturePadding::Pss}});
constexpr auto included_certificates =
    std::to_array<Word<ipc::IncludedCertificates>>({{"none", ipc::IncludedCertificates::None},
                                                    {"signer", ipc::IncludedCertificates::Signer},
                                                    {"chain", ipc::IncludedCertificates::Chain},
                                                    {"all", ipc::IncludedCertificates::All}});
constexpr auto ciphers = std::to_array<Word<ContentCipher>>({{"aes-256-cbc", ContentCipher::Aes256Cbc},
                                                             {"aes-256-gcm", ContentCipher::Aes256Gcm},
                                                             {"aes-128-cbc", ContentCipher::Aes128Cbc},
                                                             {"aes-128-gcm", ContentCipher::Aes128Gcm},
                                                             {"chacha20-poly1305", ContentCipher::ChaCha20Poly1305}});
constexpr auto transports =
    std::to_array<Word<KeyTransport>>({{"pkcs1", KeyTransport::Pkcs1}, {"oaep", KeyTransport::Oaep}});
constexpr auto profiles = std::to_array<Word<ipc::EncryptionProfile>>(
    {{"compatible", ipc::EncryptionProfile::Compatible}, {"modern", ipc::EncryptionProfile::Modern}});
constexpr auto certificate_usages = std::to_array<Word<ipc::CertificateUsage>>(
    {{"encrypt", ipc::CertificateUsage::Encrypt}, {"sign", ipc::CertificateUsage::Sign}});
constexpr auto interactions =
    std::to_array<Word<Interaction>>({{"allowed", Interaction::Allowed}, {"none", Interaction::None}});
constexpr auto usages = std::to_array<Word<Usage>>({{"sign", Usage::Sign}, {"decrypt", Usage::Decrypt}});
constexpr auto presences = std::to_array<Word<CertificatePresence>>({{"present", CertificatePresence::Present},
                                                                     {"absent", CertificatePresence::Absent},
                                                                     {"any", CertificatePresence::Any}});
constexpr auto key_algorithms = std::to_array<Word<ipc::NewKeyAlgorithm>>({{"rsa2048", ipc::NewKeyAlgorithm::Rsa2048},
                                                                           {"rsa3072", ipc::NewKeyAlgorithm::Rsa3072},
                                                                           {"rsa4096", ipc::NewKeyAlgorithm::Rsa4096},
                                                                           {"p256", ipc::NewKeyAlgorithm::P256},
                                                                           {"p384", ipc::NewKeyAlgorithm::P384},
                                                                           {"p521", ipc::NewKeyAlgorithm::P521},
                                                                           {"ed25519", ipc::NewKeyAlgorithm::Ed25519}});
// A key that decrypts must sign the request for its certificate.
constexpr auto key_uses = std::to_array<Word<ipc::NewKeyUse>>(
    {{"both", ipc::NewKeyUse::Both}, {"sign", ipc::NewKeyUse::Sign}, {"decrypt", ipc::NewKeyUse::Both}});
constexpr auto certificate_uses = std::to_array<Word<ipc::CertificateUse>>({{"sign", ipc::CertificateUse::Sign},
                                                                            {"encrypt", ipc::CertificateUse::Encrypt},
                                                                            {"both", ipc::CertificateUse::Both}});
constexpr size_t longest_label = 64;

template <class Enum, size_t Count>
std::optional<Enum> take_choice(Options& options, const std::string& name, const std::array<Word<Enum>, Count>& words) {
    const auto text = options.take<std::string>(name);
    if (!text) return std::nullopt;
    std::string known;
    for (const auto& word : words) {
        if (word.text == *text) return word.value;
        known += (known.empty() ? "" : ", ") + std::string(word.text);
    }
    invalid_option(name, "must be one of " + known);
}

std::optional<std::string> take_key(Options& options, const std::string& name) {
    auto key = options.take<std::string>(name);
    if (key && (key->empty() || key->size() > 4096)) invalid_option(name, "is empty or too long");
    return key;
}

std::vector<std::string> take_addresses(Options& options) {
    auto addresses = options.take<std::vector<std::string>>("addresses").value_or(std::vector<std::string>());
    if (addresses.size() > ipc::max_addresses)
        invalid_option("addresses", "must be at most " + std::to_string(ipc::max_addresses));
    for (const auto& address : addresses)
        if (address.empty() || address.size() > ipc::max_address)
            invalid_option("addresses", "has one that is no address");
    return addresses;
}

/// In lower case; a beginning will do.
std::string take_fingerprint(Options& options) {
    constexpr size_t shortest = 8;
    auto text = options.take_text("fingerprint", 64);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool digits = text.find_first_not_of("0123456789abcdef") == text.npos;
    if (!text.empty() && (!digits || text.size() < shortest))
        invalid_option("fingerprint", "must be 8 to 64 hex digits");
    return text;
}

std::string take_line(Options& options, const std::string& name, size_t longest) {
    auto text = options.take_text(name, longest);
    for (const char character : text)
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f)
            invalid_option(name, "has a control character");
    return text;
}

/// These reach pinentry's line protocol.
std::string take_terminal_text(Options& options, const std::string& name) { return take_line(options, name, 256); }

/// The label is taken now: the program may be gone when a person is asked.
std::string take_program(Options& options, const std::string& name) {
    const auto pidfd = take_descriptor(options, name);
    if (!pidfd) return {};
    auto label = label_behind(pidfd.get());
    if (!label) invalid_option(name, "is not a pidfd");
    return std::move(*label);
}

std::string take_label(Options& options) { return take_line(options, "label", longest_label); }

/// "1.2"; empty: the whole message.
ipc::PartSelection take_part(Options& options) {
    auto path = options.take<std::string>("part");
    if (!path) return {};
    bool good = path->size() <= ipc::max_part_path;
    char before = '.';
    for (const char character : *path) {
        const bool digit = character >= (before == '.' ? '1' : '0') && character <= '9';
        good = good && (digit || (character == '.' && before != '.'));
        before = character;
    }
    if (!good || (!path->empty() && before == '.')) invalid_option("part", "must be the path of a part, such as '1.2'");
    return {true, std::move(*path)};
}

/// Whether the input is a mail, and what its header gets.
struct MailChoice {
    ipc::InputKind input = ipc::InputKind::Content;
    ipc::HeaderProtection header_protection = ipc::HeaderProtection::None;
};

MailChoice take_mail_choice(Options& options, ipc::OutputForm form, ipc::HeaderProtection protection) {
    MailChoice choice;
    if (options.take<bool>("message").value_or(false)) choice.input = ipc::InputKind::Mail;
    if (options.take<bool>("protect_headers").value_or(false)) choice.header_protection = protection;
    if (choice.input == ipc::InputKind::Mail && form != ipc::OutputForm::Smime)
        invalid_option("message", "needs the format smime");
    if (choice.header_protection != ipc::HeaderProtection::None && choice.input != ipc::InputKind::Mail)
        invalid_option("protect_headers", "needs the option 'message'");
    return choice;
}

std::vector<std::string> take_addresses(Options& options, const std::string& name) {
    auto addresses = options.take<std::vector<std::string>>(name).value_or(std::vector<std::string>());
    if (addresses.size() > ipc::max_from) invalid_option(name, "has too many addresses");
    for (const auto& address : addresses)
        if (address.empty() || address.size() > ipc::max_address) invalid_option(name, "has an address of no use");
    return addresses;
}

bool is_handle_character(char character) {
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') || character == '_';
}

}  // namespace

void invalid_option(const std::string& name, const std::string& why) {
    throw Error(ErrorCode::InvalidArgs, "option '" + name + "' " + why);
}

void Options::wrong_type(const std::string& name, const sdbus::Variant& value, const char* type) {
    invalid_option(name,
                   std::string("must have the type '") + type + "', not '" + std::string(value.peekValueType()) + "'");
}

std::string Options::take_text(const std::string& name, size_t longest) {
    auto text = take<std::string>(name).value_or("");
    if (text.size() > longest) invalid_option(name, "is too long");
    return text;
}

void Options::refuse_unknown() const {
    if (!options_.empty()) invalid_option(options_.begin()->first, "is not known here");
}

std::string take_handle_token(Options& options) {
    auto token = options.take<std::string>("handle_token");
    if (!token) return {};
    bool good = !token->empty() && token->size() <= 64;
    for (const char character : *token) good = good && is_handle_character(character);
    if (!good) invalid_option("handle_token", "must be 1 to 64 characters of A-Z, a-z, 0-9, _");
    return *token;
}

PromptSetup take_prompt_setup(Options& options, Interaction default_interaction) {
    PromptSetup setup;
    setup.interaction = take_choice(options, "interaction", interactions).value_or(default_interaction);
    setup.display = take_terminal_text(options, "display");
    setup.ttyname = take_terminal_text(options, "ttyname");
    setup.ttytype = take_terminal_text(options, "ttytype");
    setup.lc_ctype = take_terminal_text(options, "lc_ctype");
    setup.on_behalf_of = take_program(options, "on_behalf_of");
    return setup;
}

SignRequest take_sign_options(Options& options) {
    SignRequest request;
    request.form = take_choice(options, "format", output_forms).value_or(request.form);
    if (options.take<bool>("opaque").value_or(false)) request.detachment = ipc::Detachment::Opaque;
    request.digest = take_choice(options, "digest", digests);
    request.padding = take_choice(options, "padding", paddings).value_or(request.padding);
    request.certificates = take_choice(options, "certificates", included_certificates).value_or(request.certificates);
    const bool encrypted_next = options.take<bool>("to_be_encrypted").value_or(false);
    const auto mail = take_mail_choice(options, request.form,
                                       encrypted_next ? ipc::HeaderProtection::Cipher : ipc::HeaderProtection::Clear);
    if (encrypted_next && mail.header_protection == ipc::HeaderProtection::None)
        invalid_option("to_be_encrypted", "needs the option 'protect_headers'");
    request.input = mail.input;
    request.header_protection = mail.header_protection;
    return request;
}

DecryptRequest take_decrypt_options(Options& options) {
    DecryptRequest request;
    request.key = take_key(options, "key");
    request.form = take_choice(options, "form", input_forms).value_or(request.form);
    request.part = take_part(options);
    return request;
}

DecompressRequest take_decompress_options(Options& options) {
    DecompressRequest request;
    request.form = take_choice(options, "form", input_forms).value_or(request.form);
    request.part = take_part(options);
    return request;
}

VerifyRequest take_verify_options(Options& options) {
    VerifyRequest request;
    request.form = take_choice(options, "form", input_forms).value_or(request.form);
    request.trust = options.take<std::vector<Bytes>>("trust").value_or(std::vector<Bytes>());
    request.time = options.take<uint64_t>("time");
    request.from = take_addresses(options, "from");
    request.part = take_part(options);
    return request;
}

EncryptRequest take_encrypt_options(Options& options) {
    EncryptRequest request;
    request.form = take_choice(options, "format", output_forms).value_or(request.form);
    request.profile = take_choice(options, "profile", profiles).value_or(request.profile);
    request.cipher = take_choice(options, "cipher", ciphers);
    request.rsa_transport = take_choice(options, "rsa_transport", transports);
    request.originator = take_key(options, "originator");
    const auto mail = take_mail_choice(options, request.form, ipc::HeaderProtection::Cipher);
    request.input = mail.input;
    request.header_protection = mail.header_protection;
    request.addresses = take_addresses(options);
    return request;
}

GenerateRequest take_generate_options(Options& options) {
    GenerateRequest request;
    request.algorithm = take_choice(options, "algorithm", key_algorithms).value_or(request.algorithm);
    request.use = take_choice(options, "usage", key_uses).value_or(request.use);
    request.label = take_label(options);
    return request;
}

RequestCertificateRequest take_request_options(Options& options) {
    RequestCertificateRequest request;
    request.fields.name = take_line(options, "name", ipc::max_request_name);
    request.fields.addresses = take_addresses(options, "addresses");
    if (request.fields.addresses.empty() || request.fields.addresses.size() > ipc::max_request_addresses)
        invalid_option("addresses", "must have 1 to " + std::to_string(ipc::max_request_addresses) + " addresses");
    request.fields.use = take_choice(options, "usage", certificate_uses).value_or(request.fields.use);
    return request;
}

StoreCertificateRequest take_store_options(Options& options) {
    return {.file = {}, .token = options.take_text("token"), .label = take_label(options)};
}

CertificatesRequest take_certificate_filter(Options& options) {
    CertificatesRequest request;
    request.email = options.take_text("email", ipc::max_address);
    request.fingerprint = take_fingerprint(options);
    request.usage = take_choice(options, "usage", certificate_usages).value_or(request.usage);
    return request;
}

InspectRequest take_inspect_options(Options& options) {
    InspectRequest request;
    request.form = take_choice(options, "form", input_forms).value_or(request.form);
    return request;
}

FileDescriptor take_descriptor(Options& options, const std::string& name) {
    auto descriptor = options.take<sdbus::UnixFd>(name);
    return descriptor ? FileDescriptor(descriptor->release()) : FileDescriptor();
}

KeyFilter take_key_filter(Options& options) {
    KeyFilter filter;
    filter.email = take_key(options, "email");
    filter.usage = take_choice(options, "usage", usages);
    filter.fingerprint = take_key(options, "fingerprint");
    filter.key = take_key(options, "key");
    filter.issuer_serial = options.take<Bytes>("issuer_serial");
    filter.certificate = take_choice(options, "certificate", presences).value_or(filter.certificate);
    filter.subject_key_identifier = options.take<Bytes>("subject_key_identifier");
    if (options.take<bool>("verdicts").value_or(false)) filter.verdicts = Verdicts::Wanted;
    return filter;
}

}  // namespace cardseal::broker
