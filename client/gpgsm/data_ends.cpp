// SPDX-License-Identifier: LGPL-2.1-or-later
// What an operation reads and writes: descriptors that the caller passed, as the daemon and gpgsm can use them.
#include "gpgsm/data_ends.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "failure.hpp"

namespace cardseal::gpgsm {

namespace {

std::string base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        const auto group = bytes.substr(i, 3);
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < group.size() ? static_cast<uint8_t>(group[k]) : 0U);
        for (size_t k = 0; k < 4; ++k) text += k <= group.size() ? digits[bits >> (18 - 6 * k) & 63] : '=';
        if (text.size() % 65 == 64) text += '\n';
    }
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text;
}

}  // namespace

InheritedDescriptors::InheritedDescriptors(const std::set<int>& kept) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int number = std::stoi(entry.path().filename());
        if (number > STDERR_FILENO && !kept.contains(number)) numbers_.insert(number);
    }
    // The folder's own descriptor is closed by now.
    std::erase_if(numbers_, [](int number) { return fcntl(number, F_SETFD, FD_CLOEXEC) != 0; });
}

Descriptor InheritedDescriptors::take(int number) {
    return numbers_.erase(number) > 0 ? Descriptor(number) : Descriptor();
}

RewindableInput::RewindableInput(int source) : source_(source), start_(lseek(source, 0, SEEK_CUR)) {
    if (start_ >= 0) return;
    start_ = 0;
    copy_ = client::ScratchFile::holding(client::text_of(source));
}

void RewindableInput::rewind() const { lseek(descriptor(), start_, SEEK_SET); }

void RewindableInput::give_back(Descriptor& source) const {
    rewind();
    if (copy_) source = Descriptor(fcntl(copy_->descriptor(), F_DUPFD_CLOEXEC, 3));
}

EncodedOutput::EncodedOutput(const DataEnd& end, std::string kind) : end_(end), kind_(std::move(kind)) {
    if (end.encoding != Encoding::Binary) binary_.emplace(client::ScratchFile::Place::Memory, "");
}

void EncodedOutput::finish() {
    if (binary_) write_all(end_.descriptor.get(), encode(binary_->text(), end_.encoding, kind_));
}

void write_all(int sink, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = write(sink, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) throw client::errno_failure(ErrorCode::OutputFailed, "cannot write the output");
        bytes.remove_prefix(static_cast<size_t>(size));
    }
}

std::string encode(std::string_view bytes, Encoding encoding, const std::string& kind) {
    if (encoding == Encoding::Binary) return std::string(bytes);
    if (encoding == Encoding::Base64) return base64(bytes);
    return "-----BEGIN " + kind + "-----\n" + base64(bytes) + "-----END " + kind + "-----\n";
}

}  // namespace cardseal::gpgsm
