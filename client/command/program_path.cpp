// SPDX-License-Identifier: LGPL-2.1-or-later
// Which program a name means, among those in PATH.
#include "command/program_path.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace cardseal::client {

std::optional<std::string> find_program(const std::string& name,
                                        const std::function<bool(const std::string& path)>& is_wanted) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(std::string(path ? path : "") + ":/usr/local/bin:/usr/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto candidate = folder + "/" + name;
        if (!folder.empty() && access(candidate.c_str(), X_OK) == 0 && is_wanted(candidate)) return candidate;
    }
    return {};
}

bool is_same_file(const std::string& first, const std::string& second) {
    struct stat one {
    }, other{};
    return stat(first.c_str(), &one) == 0 && stat(second.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

}  // namespace cardseal::client
