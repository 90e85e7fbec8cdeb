// SPDX-License-Identifier: LGPL-2.1-or-later
// TrustFiles: the configured anchors and CRLs, read unread into sealed blob files for CMS workers.
#include "broker/trust_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <set>

#include "base/error.hpp"

namespace cardseal::broker {

namespace {

namespace fs = std::filesystem;
constexpr size_t largest_file = 16u << 20;
constexpr size_t largest_blob_file = 64u << 20;

/// Files of a folder, each once: folders of certificates are full of links to their own files.
std::set<fs::path> files_in(const fs::path& folder, std::error_code& failure) {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, failure)) {
        std::error_code dangling;
        if (!entry.is_regular_file(dangling)) continue;
        if (const auto file = fs::canonical(entry.path(), dangling); !dangling) files.insert(file);
    }
    return files;
}

}  // namespace

TrustFiles::Stamp TrustFiles::stamp_of(const fs::path& file) const {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) throw_errno(ErrorCode::InputFailed, name_ + ": cannot read " + file.string());
    return {file, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

std::vector<TrustFiles::Stamp> TrustFiles::look() const {
    std::vector<Stamp> stamps;
    for (const auto& place : places_) {
        std::error_code failure;
        if (!fs::is_directory(place, failure)) {
            stamps.push_back(stamp_of(place));
            continue;
        }
        for (const auto& file : files_in(place, failure)) stamps.push_back(stamp_of(file));
        if (failure)
            throw Error(ErrorCode::InputFailed, name_ + ": cannot read " + place.string() + ": " + failure.message());
    }
    return stamps;
}

void TrustFiles::renew() {
    auto stamps = look();
    if (file_ && stamps == stamps_) return;
    std::vector<Bytes> blobs;
    for (const auto& stamp : stamps) {
        const FileDescriptor file(open(stamp.file.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file) throw_errno(ErrorCode::InputFailed, name_ + ": cannot read " + stamp.file.string());
        blobs.push_back(read_file(file, largest_file));
    }
    file_ = ipc::make_blob_file("trust", blobs);
    stamps_ = std::move(stamps);
}

FileDescriptor TrustFiles::blob_file() {
    renew();
    return file_.duplicate();
}

FileDescriptor TrustFiles::blob_file_with(const std::vector<Bytes>& more) {
    if (more.empty()) return blob_file();
    renew();
    auto blobs = ipc::read_blob_file(file_, largest_blob_file);
    blobs.insert(blobs.end(), more.begin(), more.end());
    return ipc::make_blob_file("trust", blobs);
}

}  // namespace cardseal::broker
