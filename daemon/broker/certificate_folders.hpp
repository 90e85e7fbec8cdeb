// SPDX-License-Identifier: LGPL-2.1-or-later
// CertificateFolders: other people's certificates, the system's and the user's, read unread into a sealed blob file.
#pragma once

#include <filesystem>
#include <vector>

#include "ipc/blob_file.hpp"
#include "ipc/certificate_messages.hpp"

namespace cardseal::broker {

struct CertificateFolder {
    std::filesystem::path path;
    ipc::CertificateSource source;
};

/// Each regular file of a folder is one certificate, whatever its name; NAME.capabilities beside it is what a verified
/// mail said of its owner's program (see UserCertificates). Names that begin with a dot are passed over.
///
/// What crosses here, and who is believed: nobody. Files are opened without waiting, read up to a size, and handed to a
/// CMS worker as they are; what is no regular file, or too large, is passed over, and of each folder no more than
/// most_files entries are looked at, so that no folder can keep the broker busy.
class CertificateFolders {
public:
    static constexpr size_t most_files = 10'000;

    explicit CertificateFolders(std::vector<CertificateFolder> folders) : folders_(std::move(folders)) {}

    /// Blobs are ipc::StoredCertificate; made again when a file has changed. A folder that does not exist is empty;
    /// InputFailed if one cannot be read.
    FileDescriptor blob_file();

private:
    struct Stamp {
        std::filesystem::path file;
        ipc::CertificateSource source;
        uint64_t inode;
        int64_t size, seconds, nanoseconds;
        bool operator==(const Stamp&) const = default;
    };

    std::vector<Stamp> look() const;
    static void look_into(const CertificateFolder& folder, std::vector<Stamp>& stamps);
    static std::vector<Bytes> read(const std::vector<Stamp>& stamps);

    std::vector<CertificateFolder> folders_;
    std::vector<Stamp> stamps_;
    FileDescriptor file_;
};

}  // namespace cardseal::broker
