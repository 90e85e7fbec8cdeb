// SPDX-License-Identifier: LGPL-2.1-or-later
// The options (a{sv}) of each method: names, types, choices.
#pragma once

#include "sdbus_compat.hpp"

#include "broker/job_request.hpp"
#include "broker/key_filter.hpp"

namespace cardseal::broker {

/// D-Bus signature of an option's type, for messages.
template <class T>
inline constexpr const char* signature_text = nullptr;
template <>
inline constexpr const char* signature_text<std::string> = "s";
template <>
inline constexpr const char* signature_text<bool> = "b";
template <>
inline constexpr const char* signature_text<uint64_t> = "t";
template <>
inline constexpr const char* signature_text<Bytes> = "ay";
template <>
inline constexpr const char* signature_text<std::vector<Bytes>> = "aay";
template <>
inline constexpr const char* signature_text<std::vector<std::string>> = "as";
template <>
inline constexpr const char* signature_text<sdbus::UnixFd> = "h";

using OptionMap = std::map<std::string, sdbus::Variant>;

/// Takes options out one by one; what is left in the end is unknown. InvalidArgs names the option at fault.
class Options {
public:
    explicit Options(OptionMap options) : options_(std::move(options)) {}

    template <class T>
    std::optional<T> take(const std::string& name) {
        const auto found = options_.find(name);
        if (found == options_.end()) return std::nullopt;
        if (!found->second.template containsValueOfType<T>()) wrong_type(name, found->second, signature_text<T>);
        auto value = found->second.get<T>();
        options_.erase(found);
        return value;
    }

    std::string take_text(const std::string& name, size_t longest = 4096);
    void refuse_unknown() const;

private:
    [[noreturn]] static void wrong_type(const std::string& name, const sdbus::Variant& value, const char* type);

    OptionMap options_;
};

[[noreturn]] void invalid_option(const std::string& name, const std::string& why);

/// Of Start* methods; empty: not given.
std::string take_handle_token(Options& options);
PromptSetup take_prompt_setup(Options& options, Interaction default_interaction);
SignRequest take_sign_options(Options& options);
DecryptRequest take_decrypt_options(Options& options);
DecompressRequest take_decompress_options(Options& options);
VerifyRequest take_verify_options(Options& options);
EncryptRequest take_encrypt_options(Options& options);
InspectRequest take_inspect_options(Options& options);

/// All but the token.
GenerateRequest take_generate_options(Options& options);

/// All but the key.
RequestCertificateRequest take_request_options(Options& options);

/// All but the file.
StoreCertificateRequest take_store_options(Options& options);

/// The filter of FindCertificates.
CertificatesRequest take_certificate_filter(Options& options);

/// A descriptor in an option.
FileDescriptor take_descriptor(Options& options, const std::string& name);

KeyFilter take_key_filter(Options& options);

}  // namespace cardseal::broker
