// SPDX-License-Identifier: LGPL-2.1-or-later
// ScratchFile: bytes between two jobs of the daemon, in a file that has no name and is gone with its owner.
#include "command/scratch_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

Descriptor open_without_name(const std::string& folder) {
    Descriptor file(open(folder.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
    if (file) return file;
    std::string name = folder + "/.cardseal.XXXXXX";  // not every file system can do that
    file = Descriptor(mkostemp(name.data(), O_CLOEXEC));
    if (!file || unlink(name.c_str()) != 0)
        throw errno_failure(ErrorCode::OutputFailed, "cannot make a file in '" + printable(folder) + "'");
    return file;
}

size_t read_some(int source, std::array<char, 64 * 1024>& buffer) {
    while (true) {
        const auto size = read(source, buffer.data(), buffer.size());
        if (size >= 0) return static_cast<size_t>(size);
        if (errno != EINTR) throw errno_failure(ErrorCode::InputFailed, "cannot read the message");
    }
}

void write_all(int sink, const char* bytes, size_t size) {
    while (size > 0) {
        const auto written = write(sink, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw errno_failure(ErrorCode::OutputFailed, "cannot write the output");
        bytes += written;
        size -= static_cast<size_t>(written);
    }
}

uint64_t copy_all(int source, int sink) {
    std::array<char, 64 * 1024> buffer;
    uint64_t copied = 0;
    while (const auto size = read_some(source, buffer)) {
        write_all(sink, buffer.data(), size);
        copied += size;
    }
    return copied;
}

}  // namespace

std::string text_of(int source) {
    std::array<char, 64 * 1024> buffer;
    std::string text;
    while (const auto size = read_some(source, buffer)) text.append(buffer.data(), size);
    return text;
}

ScratchFile::ScratchFile(Place place, const std::string& folder)
    : file_(place == Place::Disk ? open_without_name(folder)
                                 : Descriptor(memfd_create("cardseal-layer", MFD_CLOEXEC))) {
    if (!file_) throw errno_failure(ErrorCode::OutputFailed, "cannot make a file in memory");
}

ScratchFile ScratchFile::copy_of(int source, const std::string& folder) {
    ScratchFile copy(Place::Disk, folder);
    copy_all(source, copy.descriptor());
    return copy;
}

ScratchFile ScratchFile::holding(std::string_view bytes) {
    ScratchFile file(Place::Memory, {});
    write_all(file.descriptor(), bytes.data(), bytes.size());
    lseek(file.descriptor(), 0, SEEK_SET);
    return file;
}

uint64_t ScratchFile::copy_to(int sink) const {
    lseek(file_.get(), 0, SEEK_SET);
    return copy_all(file_.get(), sink);
}

std::string ScratchFile::text() const {
    lseek(file_.get(), 0, SEEK_SET);
    return text_of(file_.get());
}

}  // namespace cardseal::client
