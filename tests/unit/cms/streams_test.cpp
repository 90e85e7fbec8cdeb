// SPDX-License-Identifier: LGPL-2.1-or-later
// Callers' descriptors and private copies: rows of BAD_INPUT about streams.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <thread>

#include "catch.hpp"
#include "cms/input.hpp"
#include "cms/output.hpp"
#include "cms/private_copy.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using namespace std::chrono_literals;

namespace {

struct Pipe {
    FileDescriptor reader, writer;
};

Pipe make_pipe(int flags = 0) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC | flags) == 0);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

FileDescriptor open_file(const std::string& path, int flags) {
    FileDescriptor file(open(path.c_str(), flags | O_CLOEXEC, 0600));
    REQUIRE(file);
    return file;
}

Bytes read_all(Input& input) {
    Bytes all(1 << 20);
    all.resize(input.read(all));
    return all;
}

template <class Run>
ErrorCode code_of(Run run) {
    try {
        run();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

template <class Run>
std::string message_of(Run run) {
    try {
        run();
    } catch (const Error& error) {
        return error.message();
    }
    return "";
}

Input foreign(FileDescriptor file, InputLimits limits = {}) {
    return Input(std::move(file), ipc::InputOrigin::Foreign, limits);
}

void ignore_broken_pipes() { signal(SIGPIPE, SIG_IGN); }

/// A file on a file system of 64 KiB of its own, which goes with the file; nothing if the system forbids mounting.
FileDescriptor file_on_small_disk() {
    auto sockets = make_packet_sockets();
    const ipc::Channel ours(std::move(sockets.ours)), theirs(std::move(sockets.theirs));
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const bool mounted = unshare(CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) == 0 &&
                             mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                             mount("tmpfs", "/tmp", "tmpfs", 0, "size=64k") == 0;
        const int file = mounted ? open("/tmp/full", O_RDWR | O_CREAT, 0600) : -1;
        if (file >= 0) ours.send({}, {}, std::span(&file, 1), ipc::Waiting::Block);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ipc::NoPacket reason;
    auto packet = theirs.receive(ipc::Waiting::Never, reason);
    return packet ? std::move(packet->descriptors.front()) : FileDescriptor();
}

}  // namespace

TEST_CASE("streams: files, pipes, sockets and memory files can be read, from where they stand") {
    const auto content = sample_content(200'000);
    auto memory = file_with(content);
    lseek(memory.get(), 5, SEEK_SET);
    auto from_memory = foreign(memory.duplicate());
    CHECK(from_memory.claimed_size() == content.size() - 5);
    CHECK((read_all(from_memory) == Bytes(content.begin() + 5, content.end())));
    CHECK(from_memory.bytes_read() == content.size() - 5);

    auto pipe = make_pipe();
    auto sockets = make_stream_sockets();
    const std::jthread writer([&] {
        write_all(pipe.writer.get(), content);
        pipe.writer.close();
        write_all(sockets.ours.get(), content);
        sockets.ours.close();
    });
    auto from_pipe = foreign(std::move(pipe.reader));
    CHECK((read_all(from_pipe) == content));
    auto from_socket = foreign(std::move(sockets.theirs));
    CHECK((read_all(from_socket) == content));
}

TEST_CASE("streams: a Private memory file is read from its start") {
    const auto content = sample_content(1000);
    auto memory = file_with(content);
    lseek(memory.get(), 0, SEEK_END);
    Input input(std::move(memory), ipc::InputOrigin::Private);
    CHECK((read_all(input) == content));
}

TEST_CASE("streams: row 34: a full disk is OutputFailed with the system's reason") {
    auto file = file_on_small_disk();
    if (!file) {
        // Where nothing can be mounted, the process's own limit stands in for the disk.
        signal(SIGXFSZ, SIG_IGN);
        rlimit limit{64 * 1024, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &limit);
        file = open_file(TemporaryFolder().write("full", {}), O_WRONLY);
    }
    Output output(file.duplicate());
    const auto message = message_of([&] {
        output.write(sample_content(1 << 20));
        output.finish();
    });
    rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &unlimited);
    CHECK((message == "cannot write the output: No space left on device" ||
           message == "cannot write the output: File too large"));
}

TEST_CASE("streams: row 34: decrypting to a full disk fails and leaves the input as it was") {
    const auto file = file_on_small_disk();
    if (!file) return;
    const auto& identity = recipient(TestKey::P256);
    const auto message = encrypted_to({&identity}, sample_content(1 << 20));
    const auto input = file_with(message);
    JobHarness harness({&identity});
    JobFiles files;
    files.push_back(input.duplicate());
    files.push_back(file.duplicate());
    CHECK(code_of([&] { harness.decrypt({}, std::move(files)); }) == ErrorCode::OutputFailed);
    CHECK((content_of(input) == message));
}

TEST_CASE("streams: row 35: a closed pipe or socket is OutputFailed(EPIPE)") {
    ignore_broken_pipes();
    auto pipe = make_pipe();
    pipe.reader.close();
    auto sockets = make_stream_sockets();
    sockets.theirs.close();
    for (auto* file : {&pipe.writer, &sockets.ours}) {
        Output output(std::move(*file));
        output.write(sample_content(100));
        CHECK(message_of([&] { output.finish(); }) == "cannot write the output: Broken pipe");
    }
}

TEST_CASE("streams: row 36: a reader that takes nothing is OutputFailed after a time, blocking or not") {
    for (const int flags : {0, O_NONBLOCK}) {
        auto pipe = make_pipe(flags);
        Output output(std::move(pipe.writer), {.idle = 20ms});
        CHECK(code_of([&] { output.write(sample_content(1 << 20)); }) == ErrorCode::OutputFailed);
    }
    auto sockets = make_stream_sockets();
    Output output(std::move(sockets.ours), {.idle = 20ms});
    CHECK(code_of([&] { output.write(sample_content(4 << 20)); }) == ErrorCode::OutputFailed);
}

TEST_CASE("streams: a slow reader gets everything through a pipe or a socket that does not block") {
    const auto content = sample_content(3 << 20);
    for (const bool socket : {false, true}) {
        auto pipe = make_pipe(O_NONBLOCK);
        auto sockets = make_stream_sockets();
        auto& reading = socket ? sockets.theirs : pipe.reader;
        auto& writing = socket ? sockets.ours : pipe.writer;
        Bytes received;
        std::jthread reader([&, file = std::move(reading)]() mutable {
            auto input = foreign(std::move(file));
            Bytes piece(7001);
            while (const auto size = input.read(piece))
                received.insert(received.end(), piece.begin(), piece.begin() + static_cast<ptrdiff_t>(size));
        });
        {
            Output output(std::move(writing));
            output.write(ByteView(content).first(10));
            output.write(ByteView(content).subspan(10));
            output.finish();
            CHECK(output.bytes_written() == content.size());
        }
        reader.join();
        CHECK((received == content));
    }
}

TEST_CASE("streams: row 37: an input pipe that never ends is InputTimeout") {
    auto pipe = make_pipe();
    write_all(pipe.writer.get(), sample_content(10));
    auto input = foreign(std::move(pipe.reader), {.idle = 20ms});
    CHECK(code_of([&] { (void)read_all(input); }) == ErrorCode::InputTimeout);
    CHECK(input.bytes_read() == 10);
}

TEST_CASE("streams: row 38: a 4 TiB sparse file is LimitExceeded by the bytes read") {
    auto file = empty_file();
    REQUIRE(ftruncate(file.get(), off_t{4} << 40) == 0);
    auto input = foreign(std::move(file), {.bytes = 1 << 19});
    CHECK(code_of([&] { (void)read_all(input); }) == ErrorCode::LimitExceeded);
    CHECK(InputLimits().bytes == uint64_t{64} << 30);
}

TEST_CASE("streams: row 39: a file of /proc is InvalidArgs") {
    auto input = foreign(open_file("/proc/self/status", O_RDONLY));
    CHECK(code_of([&] { (void)read_all(input); }) == ErrorCode::InvalidArgs);
}

TEST_CASE("streams: row 40: a directory, an O_PATH descriptor and a device are InvalidArgs") {
    const TemporaryFolder folder;
    const auto path = folder.write("file", sample_content(10));
    CHECK(code_of([&] { foreign(open_file(path, O_RDONLY)); }) == ErrorCode::None);
    CHECK(code_of([&] { foreign(open_file(folder.path("."), O_RDONLY)); }) == ErrorCode::InvalidArgs);
    CHECK(code_of([&] { foreign(open_file(path, O_PATH)); }) == ErrorCode::InvalidArgs);
    CHECK(code_of([&] { foreign(open_file("/dev/null", O_RDONLY)); }) == ErrorCode::InvalidArgs);
    CHECK(code_of([&] { Output(open_file("/dev/null", O_WRONLY)); }) == ErrorCode::InvalidArgs);
    CHECK(code_of([&] { Output(open_file(path, O_PATH)); }) == ErrorCode::InvalidArgs);
}

TEST_CASE("streams: row 41: the same file as input and output is InvalidArgs and stays as it was") {
    const auto message = encrypted_to({&recipient(TestKey::P256)}, sample_content(10));
    const TemporaryFolder folder;
    const auto path = folder.write("file", message);
    JobHarness harness({&recipient(TestKey::P256)});
    JobFiles files;
    files.push_back(open_file(path, O_RDONLY));
    files.push_back(open_file(path, O_WRONLY));
    CHECK(code_of([&] { harness.decrypt({}, std::move(files)); }) == ErrorCode::InvalidArgs);
    CHECK((content_of(open_file(path, O_RDONLY)) == message));
}

TEST_CASE("streams: row 43: a file that shrinks while it is read ends early and no signal comes") {
    auto file = file_with(sample_content(500'000));
    auto input = foreign(file.duplicate());
    Bytes piece(100'000);
    REQUIRE(input.read(piece) == piece.size());
    REQUIRE(ftruncate(file.get(), 150'000) == 0);
    CHECK(read_all(input).size() == 50'000);
}

TEST_CASE("streams: row 44: a descriptor of the wrong access mode is InvalidArgs") {
    const TemporaryFolder folder;
    const auto path = folder.write("file", sample_content(10));
    CHECK(code_of([&] { foreign(open_file(path, O_WRONLY)); }) == ErrorCode::InvalidArgs);
    CHECK(code_of([&] { Output(open_file(path, O_RDONLY)); }) == ErrorCode::InvalidArgs);
    auto pipe = make_pipe();
    CHECK(code_of([&] { foreign(std::move(pipe.writer)); }) == ErrorCode::InvalidArgs);
    CHECK(code_of([&] { Output(std::move(pipe.reader)); }) == ErrorCode::InvalidArgs);
}

TEST_CASE("private copy: any range reads back, in memory and spooled, and the spool holds no plaintext") {
    for (const size_t size :
         {size_t{0}, size_t{1}, size_t{65536}, size_t{65537}, size_t{1'000'003}, size_t{17 << 20}}) {
        CAPTURE(size);
        const auto content = sample_content(size);
        const auto spool = empty_file();
        int spools = 0;
        PrivateCopy copy([&] {
            ++spools;
            return spool.duplicate();
        });
        for (size_t offset = 0; offset < size; offset += 99'991)
            copy.write(ByteView(content).subspan(offset, std::min<size_t>(99'991, size - offset)));
        CHECK(copy.size() == size);
        const auto source = copy.finish();

        REQUIRE(source->size() == size);
        CHECK(spools == (size > PrivateCopy::memory_limit ? 1 : 0));
        bool equal = true;
        for (size_t offset = 0; offset < size; offset += 77'777) {
            Bytes part(std::min<size_t>(offset % 3 == 0 ? 5 : 150'000, size - offset));
            source->read(offset, part);
            equal = equal && std::ranges::equal(part, ByteView(content).subspan(offset, part.size()));
        }
        CHECK(equal);
        if (spools) {
            const auto stored = content_of(spool);
            CHECK(stored.size() == size);
            CHECK(std::ranges::search(stored, ByteView(content).first(16)).empty());
        }
    }
}
