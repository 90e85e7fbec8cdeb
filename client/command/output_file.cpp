// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a command's output goes: a file that appears whole or not at all, or standard output.
#include "command/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "command/print.hpp"
#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

/// Nothing if there is no such file.
std::optional<struct stat> status_of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return {};
    return status;
}

bool is_same_file(const struct stat& file, int descriptor) {
    struct stat other {};
    return fstat(descriptor, &other) == 0 && file.st_dev == other.st_dev && file.st_ino == other.st_ino;
}

Error cannot_write(const std::string& path) {
    return errno_failure(ErrorCode::OutputFailed, "cannot write '" + printable(path) + "'");
}

/// Symbolic links stay: what they lead to is replaced.
std::string resolved(const std::string& path) {
    std::error_code none;
    const auto real = std::filesystem::weakly_canonical(path, none);
    return none || real.empty() ? path : real.string();
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == path.npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string own_descriptor_path(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

mode_t mode_by_umask() {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(resolved(path)), folder_(folder_of(path_)) {
    open_without_name();
    if (!file_) open_with_temporary_name();
    copy_mode_of_existing_file();
}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AtomicFile::open_without_name() {
    file_ = Descriptor(open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
    if (file_ && access(own_descriptor_path(file_.get()).c_str(), F_OK) != 0) file_.close();  // no /proc to link from
}

void AtomicFile::open_with_temporary_name() {
    std::string name = temporary_pattern();
    file_ = Descriptor(mkostemp(name.data(), O_CLOEXEC));
    if (!file_) throw cannot_write(path_);
    temporary_ = name;
    fchmod(file_.get(), mode_by_umask());
}

void AtomicFile::copy_mode_of_existing_file() {
    if (const auto existing = status_of(path_)) fchmod(file_.get(), existing->st_mode & 0777);
}

std::string AtomicFile::temporary_pattern() const {
    return folder_ + "/." + path_.substr(path_.rfind('/') + 1) + ".XXXXXX";
}

void AtomicFile::commit() {
    if (fsync(file_.get()) != 0) throw cannot_write(path_);
    while (temporary_.empty()) {
        // linkat() does not replace, rename() does: a name of our own comes between.
        std::string name = temporary_pattern();
        const Descriptor reserved(mkostemp(name.data(), O_CLOEXEC));
        if (!reserved || unlink(name.c_str()) != 0) throw cannot_write(path_);
        const auto source = own_descriptor_path(file_.get());
        if (linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
            temporary_ = name;
        else if (errno != EEXIST)
            throw cannot_write(path_);
    }
    if (rename(temporary_.c_str(), path_.c_str()) != 0) throw cannot_write(path_);
    temporary_.clear();
}

OutputFile::OutputFile(const FileName& name, int input) {
    const auto existing = is_standard(name) ? std::nullopt : status_of(name);
    if (existing && S_ISREG(existing->st_mode) && is_same_file(*existing, input))
        throw failure(ErrorCode::InvalidArgs, "the output '" + printable(name) + "' is the input");

    if (is_standard(name)) {
        special_ = Descriptor(dup(STDOUT_FILENO));
        if (!special_) throw errno_failure(ErrorCode::OutputFailed, "cannot write standard output");
    } else if (existing && !S_ISREG(existing->st_mode)) {
        special_ = Descriptor(open(name.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
        if (!special_) throw cannot_write(name);
    } else {
        regular_.emplace(name);
    }
    if (special_ && Relay::is_needed_for(special_.get())) relay_.emplace(special_.get(), Relay::Direction::FromDaemon);
}

int OutputFile::descriptor() const {
    if (regular_) return regular_->descriptor();
    return relay_ ? relay_->daemon_end() : special_.get();
}

void OutputFile::finish() {
    if (regular_) regular_->commit();
    if (relay_) relay_->finish();
}

void write_output(const FileName& name, const std::string& content) {
    if (is_standard(name)) return print(content);
    OutputFile output(name, -1);
    for (size_t written = 0; written < content.size();) {
        const auto size = write(output.descriptor(), content.data() + written, content.size() - written);
        if (size < 0 && errno != EINTR) throw cannot_write(name);
        written += static_cast<size_t>(std::max<ssize_t>(size, 0));
    }
    output.finish();
}

void refuse_binary_to_terminal(const FileName& output) {
    if (is_standard(output) && isatty(STDOUT_FILENO))
        throw failure(ErrorCode::InvalidArgs,
                      "der is binary and standard output is a terminal: use '-o OUT' or '--format pem'");
}

}  // namespace cardseal::client
