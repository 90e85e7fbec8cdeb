// SPDX-License-Identifier: LGPL-2.1-or-later
// UserCertificates: the user's own folder of other people's certificates, written by the broker alone.
#include "broker/user_certificates.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/error.hpp"
#include "base/file_descriptor.hpp"
#include "broker/small_file.hpp"

namespace cardseal::broker {

namespace {

namespace fs = std::filesystem;

constexpr const char* certificate_extension = ".der";
constexpr size_t longest_number = 20;  // digits of a uint64_t

std::string fingerprint_of(ByteView certificate) {
    Bytes digest(32);
    if (EVP_Digest(certificate.data(), certificate.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw Error(ErrorCode::Internal, "cannot digest");
    return hex(digest);
}

bool is_fingerprint(const std::string& text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char digit) {
               return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
           });
}

Bytes content_of(const RememberedCapabilities& remembered) {
    auto content = to_bytes(bytes_of(std::to_string(remembered.signing_time) + "\n"));
    content.insert(content.end(), remembered.capabilities.begin(), remembered.capabilities.end());
    return content;
}

bool remove_file(const fs::path& file) {
    if (unlink(file.c_str()) == 0) return true;
    if (errno != ENOENT) throw_errno(ErrorCode::OutputFailed, "cannot remove " + file.string());
    return false;
}

}  // namespace

std::optional<RememberedCapabilities> read_capabilities(const fs::path& certificate_file) {
    auto file = certificate_file;
    file.replace_extension(UserCertificates::capabilities_extension);
    const auto content = read_small_file(file, longest_number + 1 + ipc::max_capabilities);
    if (!content) return std::nullopt;
    const auto text = text_of(*content);
    RememberedCapabilities remembered;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), remembered.signing_time);
    const auto size = static_cast<size_t>(end - text.data());
    if (error != std::errc() || size >= text.size() || text[size] != '\n') return std::nullopt;
    remembered.capabilities = to_bytes(ByteView(*content).subspan(size + 1));
    if (remembered.capabilities.size() > ipc::max_capabilities) return std::nullopt;
    return remembered;
}

fs::path UserCertificates::file_of(const std::string& fingerprint, const char* extension) const {
    return folder_ / (fingerprint + extension);
}

void UserCertificates::require_room() const {
    size_t count = 0;
    std::error_code failure;
    for (fs::directory_iterator entry(folder_, failure), end; !failure && entry != end; entry.increment(failure))
        if (++count >= most_files)
            throw Error(ErrorCode::LimitExceeded, "certificate folder " + folder_.string() + " is full: it has " +
                                                      std::to_string(most_files) + " files");
}

void UserCertificates::write(const fs::path& file, ByteView content) const {
    auto pattern = (folder_ / ".new-XXXXXX").string();
    const FileDescriptor temporary(mkostemp(pattern.data(), O_CLOEXEC));
    if (!temporary) throw_errno(ErrorCode::OutputFailed, "cannot write to " + folder_.string());
    struct Cleanup {
        const std::string& name;
        ~Cleanup() { (void)unlink(name.c_str()); }  // after the rename there is none
    } const cleanup{pattern};
    write_all(temporary.get(), content);
    if (rename(pattern.c_str(), file.c_str()) != 0)
        throw_errno(ErrorCode::OutputFailed, "cannot write " + file.string());
}

std::string UserCertificates::add(ByteView certificate) const {
    if (folder_.empty())
        throw Error(ErrorCode::OutputFailed, "there is no certificate folder: neither HOME nor XDG_DATA_HOME is set");
    if (certificate.empty() || certificate.size() > ipc::max_certificate)
        throw Error(ErrorCode::LimitExceeded,
                    "a certificate has more than " + std::to_string(ipc::max_certificate) + " bytes, or none");
    const auto fingerprint = fingerprint_of(certificate);
    const auto file = file_of(fingerprint, certificate_extension);
    std::error_code failure;
    fs::create_directories(folder_, failure);  // 0700 by our umask
    // A crash may have left an empty file under the name.
    if (fs::is_regular_file(file, failure) && fs::file_size(file, failure) == certificate.size()) return fingerprint;
    require_room();
    write(file, certificate);
    return fingerprint;
}

void UserCertificates::remember(const ipc::Learned& learned, uint64_t now) const {
    const auto fingerprint = add(learned.certificate);
    (void)utimensat(AT_FDCWD, file_of(fingerprint, certificate_extension).c_str(), nullptr, 0);
    if (!learned.capabilities.empty())
        remember_capabilities(fingerprint, {std::min(learned.signing_time, now), learned.capabilities});
}

void UserCertificates::remember_capabilities(const std::string& fingerprint,
                                             const RememberedCapabilities& capabilities) const {
    const auto known = read_capabilities(file_of(fingerprint, certificate_extension));
    if (known && known->signing_time >= capabilities.signing_time) return;
    write(file_of(fingerprint, capabilities_extension), content_of(capabilities));
}

void UserCertificates::remove(const std::string& fingerprint) const {
    if (!is_fingerprint(fingerprint))
        throw Error(ErrorCode::InvalidArgs, "'fingerprint' must be 64 hex digits in lower case");
    bool found = false;
    for (const auto* extension : {certificate_extension, ".pem"})
        found = remove_file(file_of(fingerprint, extension)) || found;
    (void)remove_file(file_of(fingerprint, capabilities_extension));
    if (!found)
        throw Error(ErrorCode::NoSuchCertificate, "the user's certificate folder has no file " + fingerprint +
                                                      certificate_extension +
                                                      ": files put there by hand are removed by hand");
}

fs::path user_certificate_folder(const std::string& home, const std::string& data_home) {
    if (data_home.starts_with('/')) return fs::path(data_home) / "cardseal/certificates";
    if (home.starts_with('/')) return fs::path(home) / ".local/share/cardseal/certificates";
    return {};
}

}  // namespace cardseal::broker
