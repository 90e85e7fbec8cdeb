// SPDX-License-Identifier: LGPL-2.1-or-later
// Spool files: unlinked files on disk for a job's private copy of a large input (the CMS worker encrypts what it
// writes).
#include "broker/spool.hpp"

#include <fcntl.h>
#include <filesystem>

#include "base/error.hpp"
#include "broker/configuration.hpp"

namespace cardseal::broker {

namespace fs = std::filesystem;

static fs::path cache_folder() {
    const auto cache = environment_variable("XDG_CACHE_HOME");
    if (cache.starts_with('/')) return fs::path(cache) / "cardseal";
    const auto home = environment_variable("HOME");
    return home.starts_with('/') ? fs::path(home) / ".cache/cardseal" : fs::path();
}

static FileDescriptor open_unnamed(const fs::path& folder) {
    return FileDescriptor(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

FileDescriptor open_spool() {
    if (const auto folder = cache_folder(); !folder.empty()) {
        std::error_code impossible;
        fs::create_directories(folder, impossible);  // 0700 by our umask
        if (auto file = open_unnamed(folder)) return file;
    }
    auto file = open_unnamed("/var/tmp");
    if (!file) throw_errno(ErrorCode::OutputFailed, "cannot open a temporary file on disk");
    return file;
}

}  // namespace cardseal::broker
