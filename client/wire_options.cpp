// SPDX-License-Identifier: LGPL-2.1-or-later
// Options and filters as the maps that the interface takes.
#include <fcntl.h>

#include <array>

#include "failure.hpp"
#include "wire.hpp"
#include "wire_member.hpp"

namespace cardseal::client {

namespace {

/// The interface's words for an enumeration, in its order; an empty one is not sent.
template <class Choice>
constexpr std::nullptr_t words = nullptr;
template <>
constexpr auto words<Interaction> = std::to_array({"allowed", "none"});
template <>
constexpr auto words<Format> = std::to_array({"smime", "der", "pem"});
template <>
constexpr auto words<Form> = std::to_array({"auto", "smime", "der", "pem"});
template <>
constexpr auto words<Digest> = std::to_array({"", "sha256", "sha384", "sha512"});
template <>
constexpr auto words<Padding> = std::to_array({"", "pkcs1", "pss"});
template <>
constexpr auto words<Certificates> = std::to_array({"", "none", "signer", "chain", "all"});
template <>
constexpr auto words<Cipher> = std::to_array({"", "aes-256-cbc", "aes-256-gcm", "aes-128-cbc", "aes-128-gcm",
                                              "chacha20-poly1305"});
template <>
constexpr auto words<RsaTransport> = std::to_array({"", "pkcs1", "oaep"});
template <>
constexpr auto words<Profile> = std::to_array({"", "compatible", "modern"});
template <>
constexpr auto words<KeyAlgorithm> = std::to_array({"", "rsa2048", "rsa3072", "rsa4096", "p256", "p384", "p521",
                                                    "ed25519"});
template <>
constexpr auto words<KeyUse> = std::to_array({"", "both", "sign", "decrypt"});
template <>
constexpr auto words<CertificateUse> = std::to_array({"", "sign", "encrypt", "both"});

template <class Choice>
concept Worded = !std::is_same_v<decltype(words<Choice>), const std::nullptr_t>;

/// The second of two is the interface's `true`; the first is not sent.
template <class Choice>
concept Flag = std::is_same_v<Choice, Content> || std::is_same_v<Choice, Input> || std::is_same_v<Choice, Headers> ||
    std::is_same_v<Choice, Next> || std::is_same_v<Choice, Verdicts>;

}  // namespace

template <>
constexpr std::tuple members<Prompt>{
    Member{"interaction", &Prompt::interaction}, Member{"display", &Prompt::display},
    Member{"ttyname", &Prompt::ttyname},         Member{"ttytype", &Prompt::ttytype},
    Member{"lc_ctype", &Prompt::lc_ctype},       Member{"on_behalf_of", &Prompt::on_behalf_of}};

template <>
constexpr std::tuple members<SignOptions>{Member{"format", &SignOptions::format},
                                          Member{"opaque", &SignOptions::content},
                                          Member{"digest", &SignOptions::digest},
                                          Member{"padding", &SignOptions::padding},
                                          Member{"certificates", &SignOptions::certificates},
                                          Member{"message", &SignOptions::input},
                                          Member{"protect_headers", &SignOptions::headers},
                                          Member{"to_be_encrypted", &SignOptions::next},
                                          Member{"", &SignOptions::prompt}};

template <>
constexpr std::tuple members<VerifyOptions>{
    Member{"form", &VerifyOptions::form},     Member{"content", &VerifyOptions::content},
    Member{"output", &VerifyOptions::output}, Member{"trust", &VerifyOptions::trust},
    Member{"time", &VerifyOptions::time},     Member{"part", &VerifyOptions::part},
    Member{"from", &VerifyOptions::from}};

template <>
constexpr std::tuple members<EncryptOptions>{Member{"format", &EncryptOptions::format},
                                             Member{"cipher", &EncryptOptions::cipher},
                                             Member{"rsa_transport", &EncryptOptions::rsa_transport},
                                             Member{"profile", &EncryptOptions::profile},
                                             Member{"addresses", &EncryptOptions::addresses},
                                             Member{"message", &EncryptOptions::input},
                                             Member{"protect_headers", &EncryptOptions::headers},
                                             Member{"originator", &EncryptOptions::originator},
                                             Member{"", &EncryptOptions::prompt}};

template <>
constexpr std::tuple members<DecryptOptions>{Member{"key", &DecryptOptions::key}, Member{"form", &DecryptOptions::form},
                                             Member{"part", &DecryptOptions::part},
                                             Member{"", &DecryptOptions::prompt}};

template <>
constexpr std::tuple members<DecompressOptions>{Member{"form", &DecompressOptions::form},
                                                Member{"part", &DecompressOptions::part}};

template <>
constexpr std::tuple members<InspectOptions>{Member{"form", &InspectOptions::form}};

template <>
constexpr std::tuple members<GenerateOptions>{
    Member{"algorithm", &GenerateOptions::algorithm}, Member{"usage", &GenerateOptions::use},
    Member{"label", &GenerateOptions::label}, Member{"", &GenerateOptions::prompt}};

template <>
constexpr std::tuple members<RequestOptions>{
    Member{"addresses", &RequestOptions::addresses}, Member{"name", &RequestOptions::name},
    Member{"usage", &RequestOptions::use}, Member{"", &RequestOptions::prompt}};

template <>
constexpr std::tuple members<StoreOptions>{Member{"token", &StoreOptions::token}, Member{"label", &StoreOptions::label},
                                           Member{"", &StoreOptions::prompt}};

template <>
constexpr std::tuple members<KeyFilter>{Member{"key", &KeyFilter::key},
                                        Member{"email", &KeyFilter::email},
                                        Member{"usage", &KeyFilter::usage},
                                        Member{"fingerprint", &KeyFilter::fingerprint},
                                        Member{"certificate", &KeyFilter::certificate},
                                        Member{"verdicts", &KeyFilter::verdicts}};

template <>
constexpr std::tuple members<CertificateFilter>{Member{"email", &CertificateFilter::email},
                                                Member{"usage", &CertificateFilter::usage},
                                                Member{"fingerprint", &CertificateFilter::fingerprint}};

namespace {

void add(Fields& fields, const char* name, const std::string& text) {
    if (!text.empty()) fields[name] = sdbus::Variant(text);
}

template <class Item>
void add(Fields& fields, const char* name, const std::vector<Item>& items) {
    if (!items.empty()) fields[name] = sdbus::Variant(items);
}

template <class Value>
void add(Fields& fields, const char* name, const std::optional<Value>& value) {
    if (value) fields[name] = sdbus::Variant(*value);
}

void add(Fields& fields, const char* name, int descriptor) {
    if (descriptor >= 0) fields[name] = sdbus::Variant(wire_descriptor(descriptor, name));
}

template <Flag Choice>
void add(Fields& fields, const char* name, Choice choice) {
    if (choice != Choice{}) fields[name] = sdbus::Variant(true);
}

template <Worded Choice>
void add(Fields& fields, const char* name, Choice choice) {
    add(fields, name, std::string(words<Choice>.at(static_cast<size_t>(choice))));
}

template <Described Struct>
void add(Fields& fields, const char*, const Struct& value) {
    for_each_member<Struct>([&](const auto& member) { add(fields, member.name, value.*member.value); });
}

}  // namespace

template <class Options>
Fields wire(const Options& options) {
    Fields fields;
    add(fields, "", options);
    return fields;
}

template Fields wire(const Prompt& options);
template Fields wire(const SignOptions& options);
template Fields wire(const VerifyOptions& options);
template Fields wire(const EncryptOptions& options);
template Fields wire(const DecryptOptions& options);
template Fields wire(const DecompressOptions& options);
template Fields wire(const InspectOptions& options);
template Fields wire(const GenerateOptions& options);
template Fields wire(const RequestOptions& options);
template Fields wire(const StoreOptions& options);
template Fields wire(const KeyFilter& filter);
template Fields wire(const CertificateFilter& filter);

sdbus::UnixFd wire_descriptor(int descriptor, const std::string& what) {
    const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) throw errno_failure(ErrorCode::InvalidArgs, "cannot pass the " + what);
    return sdbus::UnixFd(copy, sdbus::adopt_fd);
}

}  // namespace cardseal::client
