// SPDX-License-Identifier: LGPL-2.1-or-later
// What the command templates of cardseal.rc ask for, as types.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "command/arguments.hpp"

namespace cardseal::client::mutt {

/// mutt joins a folder of its settings and the name that it found there: "FOLDER/bob@example.org". Only the name
/// counts.
std::string name_in(const std::string& path);

/// The name in cardseal.rc for the only key that can sign, and among recipients for oneself.
inline constexpr auto default_name = "default";

struct MakeFolder {};  ///< of indexes, for $smime_keys and $smime_certificates

struct SignEntity {
    std::string key;  ///< KEY or default_name
    Digest digest = Digest::Default;
    FileName entity;
};

struct EncryptEntity {
    FileName entity;
    std::vector<std::string> recipients;  ///< addresses, and default_name
};

struct DecryptMessage {
    FileName message;
};

struct VerifyEntity {
    FileName signature;  ///< opaque: the whole message
    FileName content;    ///< empty: opaque
};

struct ExtractSigner {
    FileName mail;
    FileName certificate;  ///< where it goes
};

struct ShowAddresses {
    FileName certificate;  ///< as ExtractSigner leaves it
};

struct ExtractCertificates {
    FileName message;
};

struct ImportCertificate {
    FileName certificate;
};

using Request = std::variant<ShowText, Complete, MakeFolder, SignEntity, EncryptEntity, DecryptMessage, VerifyEntity,
                             ExtractSigner, ShowAddresses, ExtractCertificates, ImportCertificate>;

/// Throws InvalidArgs.
Request parse_arguments(int argument_count, const char* const* arguments);

}  // namespace cardseal::client::mutt
