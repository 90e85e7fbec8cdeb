// SPDX-License-Identifier: LGPL-2.1-or-later
// Small files of folders that others may have filled: read without waiting, up to a size.
#include "broker/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include "base/file_descriptor.hpp"

namespace cardseal::broker {

std::optional<Bytes> read_small_file(const std::filesystem::path& path, size_t limit) {
    // A FIFO or a device put there in the meantime must not keep us waiting.
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    if (static_cast<uint64_t>(status.st_size) > limit) return std::nullopt;
    // Bytes are counted: the size may be untrue.
    Bytes content(limit + 1);
    size_t size = 0;
    while (size <= limit) {
        const auto count = ::read(file.get(), content.data() + size, content.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        size += static_cast<size_t>(count);
    }
    if (size > limit) return std::nullopt;
    content.resize(size);
    content.shrink_to_fit();
    return content;
}

}  // namespace cardseal::broker
