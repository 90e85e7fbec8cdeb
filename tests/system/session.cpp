// SPDX-License-Identifier: LGPL-2.1-or-later
// Session: a world with one program on its bus, and what every row of bad input has in common.
#include "session.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace cardseal::testing {

Options with_interaction(Options options) {
    options.insert(interaction_allowed.begin(), interaction_allowed.end());
    return options;
}

void Session::require_next_good_request(const std::string& identity) {
    const auto content = bytes_of("the next good request\n");
    auto options = with_interaction({{"format", std::string("der")}, {"opaque", true}});
    const auto reply = caller.sign({world.identity(identity).key_id}, content, options);
    INFO(world.daemon_log());
    REQUIRE(reply.error + ": " + reply.message == ": ");
    const auto said = world.openssl(
        {"cms", "-verify", "-binary", "-inform", "DER", "-CAfile", world.root_certificate()}, reply.bytes());
    REQUIRE(text_of(said) == text_of(content));
}

void Session::require_next_good_decryption(const std::string& identity) {
    const auto content = bytes_of("the next good message\n");
    const auto message = world.encrypt_with_openssl(content, world.identity(identity));
    const auto reply = caller.decrypt(message, interaction_allowed);
    INFO(world.daemon_log());
    REQUIRE(reply.error + ": " + reply.message == ": ");
    REQUIRE(text_of(reply.bytes()) == text_of(content));
}

Bytes Session::certificate(const std::string& identity) {
    return world.openssl({"x509", "-in", world.identity(identity).certificate, "-outform", "DER"});
}

size_t Session::calls(const std::string& function) const {
    const auto calls = world.module_calls();
    return static_cast<size_t>(std::count_if(
        calls.begin(), calls.end(), [&](const std::string& call) { return call.starts_with(function + " "); }));
}

void Session::wait_until_no_job_runs() {
    BusCaller observer(world);
    const auto deadline = soon();
    while (observer.status().body.at(0).at("jobs").get<uint64_t>() != 0)
        if (milliseconds_until(deadline) == 0) throw std::runtime_error("a job runs for ever");
}

size_t Session::log_lines(const std::string& text) const {
    std::istringstream log(world.daemon_log());
    size_t count = 0;
    for (std::string line; std::getline(log, line);) count += line.find(text) != std::string::npos;
    return count;
}

Bytes Session::forge(const std::vector<std::pair<std::string, std::string>>& signers) {
    std::string arguments = "'hello'";
    for (const auto& [identity, variant] : signers) arguments += ", ('" + identity + "', '" + variant + "')";
    return from_hex(world.python("world.forge_signed(" + arguments + ")"));
}

FileDescriptor file_with(ByteView content) {
    auto file = make_memory_file("test");
    write_all(file.get(), content);
    lseek(file.get(), 0, SEEK_SET);
    return file;
}

Bytes content_of(const FileDescriptor& file) { return read_file(file, size_t{1} << 30); }

Pipe make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Bytes from_hex(const std::string& digits) {
    Bytes bytes;
    for (size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes.push_back(static_cast<uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    return bytes;
}

std::vector<size_t> find_all(ByteView bytes, ByteView pattern) {
    std::vector<size_t> offsets;
    for (auto at = bytes.begin();; ++at) {
        at = std::search(at, bytes.end(), pattern.begin(), pattern.end());
        if (at == bytes.end()) return offsets;
        offsets.push_back(static_cast<size_t>(at - bytes.begin()));
    }
}

std::vector<size_t> long_octet_strings(ByteView message, size_t size) {
    const uint8_t header[]{0x04, 0x82, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)};
    auto offsets = find_all(message, header);
    for (auto& offset : offsets) offset += sizeof header;
    return offsets;
}

}  // namespace cardseal::testing
