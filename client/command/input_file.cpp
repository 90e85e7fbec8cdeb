// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a command's input comes from, and small files read whole.
#include "command/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "command/text.hpp"
#include "failure.hpp"

namespace cardseal::client {

namespace {

constexpr size_t certificates_limit = size_t{16} << 20;  // a system's whole store is a quarter of a MiB

Descriptor open_for_reading(const FileName& name) {
    Descriptor file(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    struct stat status {};
    const bool readable = file && fstat(file.get(), &status) == 0;
    if (readable && S_ISDIR(status.st_mode)) errno = EISDIR;
    if (!readable || S_ISDIR(status.st_mode))
        throw errno_failure(ErrorCode::InputFailed, "cannot read '" + printable(name) + "'");
    return file;
}

std::string read_whole(const FileName& name) {
    const Descriptor file = is_standard(name) ? Descriptor(dup(STDIN_FILENO)) : open_for_reading(name);
    std::string content;
    std::array<char, 64 * 1024> buffer;
    while (true) {
        const auto size = read(file.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) throw errno_failure(ErrorCode::InputFailed, "cannot read '" + printable(name) + "'");
        if (size == 0) return content;
        content.append(buffer.data(), static_cast<size_t>(size));
        if (content.size() > certificates_limit)
            throw failure(ErrorCode::InputFailed, "cannot use '" + printable(name) + "': too large for certificates");
    }
}

std::vector<uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

/// Certificate blocks, those of OpenSSL's "TRUSTED CERTIFICATE" excepted.
std::vector<std::vector<uint8_t>> pem_certificates(std::string_view text) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    std::vector<std::vector<uint8_t>> certificates;
    for (auto start = text.find(begin); start != text.npos; start = text.find(begin, start)) {
        const auto stop = text.find(end, start);
        if (stop == text.npos) break;
        certificates.push_back(bytes_of(std::string(text.substr(start, stop + end.size() - start)) + "\n"));
        start = stop;
    }
    return certificates;
}

bool looks_like_der(std::string_view content) { return content.size() > 64 && content.front() == 0x30; }

}  // namespace

InputFile::InputFile(const FileName& name) {
    if (!is_standard(name)) file_ = open_for_reading(name);
    if (Relay::is_needed_for(opened())) relay_.emplace(opened(), Relay::Direction::ToDaemon);
}

std::vector<std::vector<uint8_t>> read_certificates(const FileName& name) {
    const auto content = read_whole(name);
    auto certificates = pem_certificates(content);
    if (certificates.empty() && looks_like_der(content)) certificates.push_back(bytes_of(content));
    if (certificates.empty())
        throw failure(ErrorCode::InputFailed, "cannot use '" + printable(name) + "': no certificate in it");
    return certificates;
}

std::vector<std::vector<uint8_t>> read_all_certificates(const std::vector<FileName>& names) {
    std::vector<std::vector<uint8_t>> all;
    for (const auto& name : names)
        for (auto& certificate : read_certificates(name)) all.push_back(std::move(certificate));
    return all;
}

}  // namespace cardseal::client
