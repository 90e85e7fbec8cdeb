// SPDX-License-Identifier: LGPL-2.1-or-later
// Outputs that appear whole or not at all, inputs, and relays.
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "command/input_file.hpp"
#include "command/output_file.hpp"
#include "command/relay.hpp"

using namespace cardseal::client;
namespace fs = std::filesystem;

namespace {

class Folder {
public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "cardseal-files-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    size_t entries() const {
        return static_cast<size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
    }

private:
    fs::path path_;
};

void put(const std::string& path, const std::string& content) { std::ofstream(path) << content; }

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(int descriptor, const std::string& text) {
    REQUIRE(write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

std::string error_name(const std::function<void()>& function) {
    try {
        function();
    } catch (const Error& error) {  // what the test asks for
        return error.name();
    }
    return "";
}

}  // namespace

TEST_CASE("output: a file has its name only when it is finished") {
    const Folder folder;
    OutputFile output(folder / "out", -1);
    write_text(output.descriptor(), "whole");

    CHECK(folder.entries() == 0);
    output.finish();

    CHECK(content_of(folder / "out") == "whole");
    CHECK(folder.entries() == 1);
}

TEST_CASE("output: a file that is not finished leaves the old one as it was, and nothing else") {
    const Folder folder;
    put(folder / "out", "old");

    {
        const OutputFile output(folder / "out", -1);
        write_text(output.descriptor(), "part");
    }

    CHECK(content_of(folder / "out") == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("output: a finished file replaces the old one and keeps its mode") {
    const Folder folder;
    put(folder / "out", "old");
    fs::permissions(folder / "out", fs::perms::owner_read | fs::perms::owner_write);

    OutputFile output(folder / "out", -1);
    write_text(output.descriptor(), "new");
    output.finish();

    CHECK(content_of(folder / "out") == "new");
    CHECK(fs::status(folder / "out").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(folder.entries() == 1);
}

TEST_CASE("output: a symbolic link stays and what it leads to is replaced") {
    const Folder folder;
    put(folder / "real", "old");
    fs::create_symlink("real", folder / "link");

    OutputFile output(folder / "link", -1);
    write_text(output.descriptor(), "new");
    output.finish();

    CHECK(fs::is_symlink(folder / "link"));
    CHECK(content_of(folder / "real") == "new");
}

TEST_CASE("output: the input itself is refused (row 41), under any of its names") {
    const Folder folder;
    put(folder / "mail", "text");
    fs::create_hard_link(folder / "mail", folder / "other");
    const InputFile input(folder / "mail");

    CHECK(error_name([&] { OutputFile(folder / "different", input.opened()); }).empty());
    CHECK(error_name([&] { OutputFile(folder / "mail", input.opened()); }) == "InvalidArgs");
    CHECK(error_name([&] { OutputFile(folder / "other", input.opened()); }) == "InvalidArgs");
    CHECK(content_of(folder / "mail") == "text");
}

TEST_CASE("output: a folder that is not there, and a folder in place of a file, are OutputFailed") {
    const Folder folder;

    CHECK(error_name([&] { OutputFile(folder / "none/out", -1); }) == "OutputFailed");
    CHECK(error_name([&] { OutputFile(folder / "", -1); }) == "OutputFailed");
}

TEST_CASE("output: a device is written, not replaced") {
    OutputFile output("/dev/null", -1);
    write_text(output.descriptor(), "gone");
    output.finish();

    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("input: what cannot be read is InputFailed") {
    const Folder folder;

    CHECK(error_name([&] { InputFile(folder / "none"); }) == "InputFailed");
    CHECK(error_name([&] { InputFile(folder / "."); }) == "InputFailed");
}

TEST_CASE("input: a device is relayed through a socket that ends when the device does") {
    const InputFile input("/dev/null");
    struct stat status {};
    std::array<char, 1> byte;

    REQUIRE(fstat(input.descriptor(), &status) == 0);
    CHECK(S_ISSOCK(status.st_mode));
    CHECK(read(input.descriptor(), byte.data(), byte.size()) == 0);
}

TEST_CASE("input: a relay whose reader has stopped reading can be ended") {
    const InputFile input("/dev/zero");
    std::array<char, 4096> bytes;

    CHECK(read(input.descriptor(), bytes.data(), bytes.size()) > 0);
}

TEST_CASE("relay: everything written before the end arrives, though the writing end stays open") {
    std::array<int, 2> ends;
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    const Descriptor reading(ends[0]), writing(ends[1]);
    Relay relay(writing.get(), Relay::Direction::FromDaemon);
    const std::string text(10000, 'x');

    write_text(relay.daemon_end(), text);
    relay.finish();

    std::string arrived(20000, '\0');
    CHECK(read(reading.get(), arrived.data(), arrived.size()) == 10000);
}

TEST_CASE("certificates: every block of a PEM file is one, text between them none") {
    const Folder folder;
    const std::string block = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
    put(folder / "two.pem", "subject=A\n" + block + "\nsubject=B\n" + block);

    const auto certificates = read_certificates(folder / "two.pem");

    REQUIRE(certificates.size() == 2);
    CHECK(std::string(certificates[1].begin(), certificates[1].end()) == block);
}

TEST_CASE("certificates: a DER file is one, other files are refused") {
    const Folder folder;
    put(folder / "der", "0" + std::string(100, 'x'));
    put(folder / "key.pem", "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n" + std::string(100, '\n'));
    put(folder / "empty", "");

    CHECK(read_certificates(folder / "der").size() == 1);
    CHECK(error_name([&] { read_certificates(folder / "key.pem"); }) == "InputFailed");
    CHECK(error_name([&] { read_certificates(folder / "empty"); }) == "InputFailed");
    CHECK(error_name([&] { read_certificates(folder / "none"); }) == "InputFailed");
}
