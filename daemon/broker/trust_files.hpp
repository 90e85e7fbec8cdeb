// SPDX-License-Identifier: LGPL-2.1-or-later
// TrustFiles: the configured anchors and CRLs, read unread into sealed blob files for CMS workers.
#pragma once

#include <filesystem>
#include <vector>

#include "ipc/blob_file.hpp"

namespace cardseal::broker {

/// Some files or folders of files, as one blob file that is made again when any of them has changed.
class TrustFiles {
public:
    /// `name` is what messages call it: "trust anchors".
    TrustFiles(std::string name, std::vector<std::filesystem::path> places)
        : name_(std::move(name)), places_(std::move(places)) {}

    /// InputFailed if a configured file cannot be read: without it a verdict would be another one.
    FileDescriptor blob_file();
    /// With further blobs behind.
    FileDescriptor blob_file_with(const std::vector<Bytes>& more);

private:
    struct Stamp {
        std::filesystem::path file;
        uint64_t inode;
        int64_t size, seconds, nanoseconds;
        bool operator==(const Stamp&) const = default;
    };

    std::vector<Stamp> look() const;
    Stamp stamp_of(const std::filesystem::path& file) const;
    void renew();

    std::string name_;
    std::vector<std::filesystem::path> places_;
    std::vector<Stamp> stamps_;
    FileDescriptor file_;
};

}  // namespace cardseal::broker
