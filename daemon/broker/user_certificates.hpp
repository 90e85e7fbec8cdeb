// SPDX-License-Identifier: LGPL-2.1-or-later
// UserCertificates: the user's own folder of other people's certificates, written by the broker alone.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ipc/certificate_messages.hpp"

namespace cardseal::broker {

/// What a verified mail said of its signer's program (RFC 8551 §2.7.1), and when.
struct RememberedCapabilities {
    uint64_t signing_time = 0;  ///< seconds since 1970
    Bytes capabilities;         ///< DER SMIMECapabilities
};

/// The capabilities beside a certificate's file; nothing if there are none or the file is not as we write it.
std::optional<RememberedCapabilities> read_capabilities(const std::filesystem::path& certificate_file);

/// Files: FINGERPRINT.der, the certificate; FINGERPRINT.capabilities, the signing time in decimal digits, a line feed,
/// and the DER. Each appears whole or not at all.
///
/// What crosses here, and who is believed: the bytes are a CMS worker's word and are not looked at. No part of a name
/// is: FINGERPRINT is our own SHA-256 of the bytes.
class UserCertificates {
public:
    static constexpr size_t most_files = 10'000;
    static constexpr const char* capabilities_extension = ".capabilities";

    explicit UserCertificates(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Adds it, unless it is there; its fingerprint. LimitExceeded if it is too large or the folder is full;
    /// OutputFailed.
    std::string add(ByteView certificate) const;
    /// add(), marks it as seen now, and keeps its capabilities if they are newer than those it has. A signing time is a
    /// stranger's claim: one after `now` counts as `now`.
    void remember(const ipc::Learned& learned, uint64_t now) const;
    /// NoSuchCertificate, InvalidArgs (no fingerprint), OutputFailed.
    void remove(const std::string& fingerprint) const;

private:
    std::filesystem::path file_of(const std::string& fingerprint, const char* extension) const;
    void require_room() const;
    void write(const std::filesystem::path& file, ByteView content) const;
    void remember_capabilities(const std::string& fingerprint, const RememberedCapabilities& capabilities) const;

    std::filesystem::path folder_;
};

/// $XDG_DATA_HOME/cardseal/certificates, else ~/.local/share/cardseal/certificates; empty if neither is absolute.
std::filesystem::path user_certificate_folder(const std::string& home, const std::string& data_home);

}  // namespace cardseal::broker
