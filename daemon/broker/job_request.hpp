// SPDX-License-Identifier: LGPL-2.1-or-later
// What a caller asks of a job, decoded from its call.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/file_descriptor.hpp"
#include "ipc/certificate_messages.hpp"
#include "ipc/token_care_messages.hpp"

namespace cardseal::broker {

struct SignRequest {
    std::vector<std::string> keys;
    ipc::OutputForm form = ipc::OutputForm::Smime;
    ipc::Detachment detachment = ipc::Detachment::Detached;
    std::optional<Digest> digest;
    SignaturePadding padding = SignaturePadding::Pkcs1;  ///< of RSA keys
    ipc::InputKind input = ipc::InputKind::Content;
    ipc::HeaderProtection header_protection = ipc::HeaderProtection::None;
    ipc::IncludedCertificates certificates = ipc::IncludedCertificates::All;
};

struct DecryptRequest {
    std::optional<std::string> key;
    ipc::InputForm form = ipc::InputForm::Auto;
    ipc::PartSelection part;
};

struct DecompressRequest {
    ipc::InputForm form = ipc::InputForm::Auto;
    ipc::PartSelection part;
};

struct VerifyRequest {
    ipc::InputForm form = ipc::InputForm::Auto;
    std::vector<Bytes> trust;
    std::optional<uint64_t> time;
    std::vector<std::string> from;  ///< addresses; empty: those of the mail's header
    ipc::PartSelection part;
};

struct EncryptRequest {
    std::vector<Bytes> recipients;
    ipc::OutputForm form = ipc::OutputForm::Smime;
    ipc::EncryptionProfile profile = ipc::EncryptionProfile::Compatible;
    std::optional<ContentCipher> cipher;        ///< else the profile chooses
    std::optional<KeyTransport> rsa_transport;  ///< likewise
    std::optional<std::string> originator;      ///< "none": nobody
    std::vector<std::string> addresses;         ///< recipients to be found in the certificate folders
    ipc::InputKind input = ipc::InputKind::Content;
    ipc::HeaderProtection header_protection = ipc::HeaderProtection::None;
};

/// The certificates of the folders that fit every entry, those of a file that a person wants in the user's folder, or
/// the verdicts on those of tokens.
struct CertificatesRequest {
    ipc::CertificatesAction action = ipc::CertificatesAction::Find;
    std::string email{}, fingerprint{};  ///< empty: any
    ipc::CertificateUsage usage = ipc::CertificateUsage::Any;
    Bytes file{};                                             ///< Import
    std::vector<ipc::TokenCertificate> token_certificates{};  ///< Judge
};

struct InspectRequest {
    ipc::InputForm form = ipc::InputForm::Auto;
};

/// Log in to a token.
struct UnlockRequest {
    std::string token;  ///< TOKEN; empty: the only one
};

/// With the PIN that is to be replaced, or with the security officer's.
enum class PinRenewal { Change, Unblock };

/// Have a person change a token's PIN, or set a new one.
struct PinRequest {
    std::string token;  ///< TOKEN; empty: the only one
    PinRenewal renewal;
};

/// Make a key on a token.
struct GenerateRequest {
    std::string token;  ///< TOKEN; empty: the only one
    ipc::NewKeyAlgorithm algorithm = ipc::NewKeyAlgorithm::Default;
    ipc::NewKeyUse use = ipc::NewKeyUse::Both;
    std::string label;
};

/// Have a key sign a request for its certificate.
struct RequestCertificateRequest {
    std::string key;  ///< KEY; empty: the only one without a certificate
    ipc::SignCertificateRequest fields;
};

/// Put a certificate beside its key.
struct StoreCertificateRequest {
    Bytes file;
    std::string token;  ///< TOKEN; empty: the one that has the key
    std::string label;  ///< empty: the key's
};

enum class Interaction { Allowed, None };

/// How a person may be asked for a PIN.
struct PromptSetup {
    Interaction interaction = Interaction::Allowed;
    std::string display{}, ttyname{}, ttytype{}, lc_ctype{};
    std::string on_behalf_of{};  ///< label of the program that the caller works for, "mutt [4711]"; empty: unknown
};

/// The caller's descriptors, or our own memory files for inline content.
struct JobFiles {
    FileDescriptor input;
    FileDescriptor output;   ///< empty: none (verify, inspect)
    FileDescriptor content;  ///< detached content to verify; empty: none
    ipc::InputOrigin origin = ipc::InputOrigin::Foreign;
};

}  // namespace cardseal::broker
