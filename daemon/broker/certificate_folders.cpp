// SPDX-License-Identifier: LGPL-2.1-or-later
// CertificateFolders: other people's certificates, the system's and the user's, read unread into a sealed blob file.
#include "broker/certificate_folders.hpp"

#include <sys/stat.h>

#include "base/error.hpp"
#include "base/log.hpp"
#include "broker/small_file.hpp"
#include "broker/user_certificates.hpp"

namespace cardseal::broker {

namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& file) { return file.filename().string().starts_with('.'); }

bool is_certificate(const fs::path& file) { return file.extension() != UserCertificates::capabilities_extension; }

ipc::StoredCertificate stored(Bytes content, const fs::path& file, ipc::CertificateSource source, int64_t seen) {
    ipc::StoredCertificate certificate{source, static_cast<uint64_t>(seen), std::move(content), {}};
    if (auto remembered = read_capabilities(file)) certificate.capabilities = std::move(remembered->capabilities);
    return certificate;
}

}  // namespace

void CertificateFolders::look_into(const CertificateFolder& folder, std::vector<Stamp>& stamps) {
    std::error_code failure;
    size_t looked_at = 0;
    for (fs::directory_iterator entry(folder.path, failure), end; !failure && entry != end; entry.increment(failure)) {
        if (++looked_at > most_files) {
            log(Severity::Warning, "certificate folder " + folder.path.string() + ": only " +
                                       std::to_string(most_files) + " files are looked at");
            break;
        }
        struct stat status {};
        if (is_hidden(entry->path()) || stat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
        stamps.push_back({entry->path(), folder.source, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                          status.st_mtim.tv_nsec});
    }
    if (failure && failure != std::errc::no_such_file_or_directory)
        throw Error(ErrorCode::InputFailed,
                    "cannot read certificate folder " + folder.path.string() + ": " + failure.message());
}

std::vector<CertificateFolders::Stamp> CertificateFolders::look() const {
    std::vector<Stamp> stamps;
    for (const auto& folder : folders_) look_into(folder, stamps);
    return stamps;
}

std::vector<Bytes> CertificateFolders::read(const std::vector<Stamp>& stamps) {
    std::vector<Bytes> blobs;
    size_t total = 0;
    for (const auto& stamp : stamps) {
        if (!is_certificate(stamp.file)) continue;
        auto content = read_small_file(stamp.file, ipc::max_certificate_file);
        if (!content) continue;
        blobs.push_back(ipc::encode(stored(std::move(*content), stamp.file, stamp.source, stamp.seconds)));
        total += 4 + blobs.back().size();
        if (total <= ipc::max_folders) continue;
        blobs.pop_back();
        log(Severity::Warning, "certificate folders: only " + std::to_string(ipc::max_folders) + " bytes are read");
        break;
    }
    return blobs;
}

FileDescriptor CertificateFolders::blob_file() {
    auto stamps = look();
    if (!file_ || stamps != stamps_) {
        file_ = ipc::make_blob_file("certificates", read(stamps));
        stamps_ = std::move(stamps);
    }
    return file_.duplicate();
}

}  // namespace cardseal::broker
