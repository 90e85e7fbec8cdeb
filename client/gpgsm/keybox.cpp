// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether GnuPG has any X.509 certificate at all: where it has none, its gpgsm need not be started to list nothing.
#include "gpgsm/keybox.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cardseal::gpgsm {

namespace {

namespace fs = std::filesystem;

// GnuPG's kbx/keybox-blob.c: four octets of size, itself included, and one of what follows. 3 is X.509.
constexpr size_t blob_start = 5;
constexpr uint8_t openpgp_blob = 2;  ///< below it a header, and what was deleted
constexpr int most_blobs = 5'000;    ///< with more, gpgsm is sooner asked than they are counted

/// That which GPGME always gives.
bool are_usual(const std::vector<std::string>& arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--logger-fd")
            ++i;
        else if (arguments[i] != "--server")
            return false;
    }
    return true;
}

fs::path home() {
    const char* own = std::getenv("GNUPGHOME");
    if (own && *own) return own;
    const char* persons = std::getenv("HOME");
    return persons && *persons ? fs::path(persons) / ".gnupg" : fs::path();
}

bool is_absent(const fs::path& file) {
    std::error_code error;
    return fs::status(file, error).type() == fs::file_type::not_found;
}

/// A file of options, which may be for one version ("gpgsm.conf-2.2"), can name another keybox or a server that keeps
/// it.
bool is_configured(const fs::path& folder) {
    if (is_absent(folder)) return false;
    std::error_code error;
    const fs::directory_iterator files(folder, error);
    return error || std::any_of(begin(files), end(files), [](const fs::directory_entry& file) {
               const auto name = file.path().filename().string();
               return name.starts_with("gpgsm.conf") || name.starts_with("common.conf");
           });
}

bool is_without_certificates(const fs::path& keybox) {
    if (is_absent(keybox)) return true;
    std::ifstream file(keybox, std::ios::binary);
    for (int count = 0; count < most_blobs; ++count) {
        std::array<char, blob_start> start;
        if (!file.read(start.data(), start.size())) return file.eof() && file.gcount() == 0;
        uint32_t size = 0;
        for (size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<uint8_t>(start[i]);
        if (static_cast<uint8_t>(start[4]) > openpgp_blob || size < blob_start) return false;
        file.seekg(size - blob_start, std::ios::cur);
    }
    return false;
}

}  // namespace

bool gpgsm_has_no_certificates(const std::vector<std::string>& arguments) {
    const auto folder = home();
    return are_usual(arguments) && !folder.empty() && !is_configured(folder) && !is_configured("/etc/gnupg") &&
           is_without_certificates(folder / "pubring.kbx");
}

}  // namespace cardseal::gpgsm
