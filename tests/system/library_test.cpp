// SPDX-License-Identifier: LGPL-2.1-or-later
// The C++ library as a program uses it: content in memory, progress, cancelling, threads, and a bus that goes away.
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <optional>
#include <thread>

#include "cardseal.hpp"
#include "session.hpp"

using namespace cardseal::testing;
using cardseal::bytes_of;
using cardseal::FileDescriptor;
namespace client = cardseal::client;

namespace {

/// A world and a program in it that uses the library, with the standard addresses of a session.
struct Program {
    explicit Program(const WorldSetup& setup = {}) : session(setup) {
        // As in a session, without the bus's guid, which is another one after a restart.
        const auto& address = session.world.bus_address();
        setenv("DBUS_SESSION_BUS_ADDRESS", address.substr(0, address.find(',')).c_str(), 1);
        connection.emplace();
    }
    client::Client& operator*() { return *connection; }
    client::Client* operator->() { return &*connection; }

    Session session;
    std::optional<client::Client> connection;
};

const std::vector<std::string> signer{"rsa2048@example.org"};
const std::string mail = "Content-Type: text/plain\r\n\r\nhello\r\n";

client::SignOptions sign_as(client::Format format, client::Content content = client::Content::Detached) {
    client::SignOptions options;
    options.format = format;
    options.content = content;
    return options;
}

std::string text_of(const std::vector<uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

template <class Function>
std::string error_of(const Function& function) {
    try {
        function();
    } catch (const client::Error& error) {  // what the test asks for
        return error.name();
    }
    return "";
}

std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

/// An eventfd that another thread makes readable.
struct CancelDescriptor {
    FileDescriptor descriptor{eventfd(0, EFD_CLOEXEC)};

    client::Watch watch() const { return {{}, descriptor.get()}; }
    void cancel() const {
        const uint64_t one = 1;
        REQUIRE(write(descriptor.get(), &one, sizeof one) == sizeof one);
    }
};

/// A thread that writes into a pipe until it is told to end, or nobody reads any more.
class EndlessInput {
public:
    EndlessInput() {
        signal(SIGPIPE, SIG_IGN);
        thread_ = std::thread([this] {
            const std::vector<uint8_t> block(1 << 16, 'x');
            while (!ended_ && write(pipe_.write_end.get(), block.data(), block.size()) > 0) {
            }
            pipe_.write_end.close();
        });
    }
    EndlessInput(const EndlessInput&) = delete;
    EndlessInput& operator=(const EndlessInput&) = delete;
    ~EndlessInput() {
        pipe_.read_end.close();
        end();
        thread_.join();
    }

    int descriptor() const { return pipe_.read_end.get(); }
    void end() { ended_ = true; }

private:
    Pipe pipe_ = make_pipe();
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

}  // namespace

TEST_CASE("library: a mail in memory is signed and verified") {
    Program program;

    const auto message = program->sign(signer, client::as_bytes(mail));
    const auto verification = program->verify(message);

    CHECK(text_of(message).starts_with("MIME-Version: 1.0"));
    CHECK(verification.valid);
    REQUIRE(verification.signers.size() == 1);
    CHECK(verification.signers[0].addresses == signer);
    CHECK(text_of(verification.content) == mail);
}

TEST_CASE("library: a detached signature and its content are verified in memory, or with the content in a file") {
    Program program;
    const auto signature = program->sign(signer, client::as_bytes("hello"), sign_as(client::Format::Der));
    const auto file = file_with(bytes_of("hello"));
    client::VerifyOptions with_file;
    with_file.content = file.get();

    CHECK(program->verify_detached(signature, client::as_bytes("hello")).valid);
    CHECK(program->verify(signature, with_file).valid);

    const auto other = program->verify_detached(signature, client::as_bytes("hullo"));
    CHECK_FALSE(other.valid);
    CHECK(other.signers.at(0).signature == "bad");
}

TEST_CASE("library: content in memory may be larger than an inline call takes") {
    Program program;
    const std::string large(3 << 20, 'x');

    const auto message =
        program->sign(signer, client::as_bytes(large), sign_as(client::Format::Der, client::Content::Opaque));

    CHECK(text_of(program->verify(message).content) == large);
}

TEST_CASE("library: content in memory is encrypted, inspected and decrypted") {
    Program program;
    const auto& identity = program.session.world.identity("rsa2048");

    const auto message = program->encrypt({program.session.certificate("rsa2048")}, client::as_bytes(mail));
    const auto decryption = program->decrypt(message);

    CHECK(program->inspect(message).parts.at(0).kind == "enveloped");
    CHECK(text_of(decryption.content) == mail);
    CHECK(decryption.key == identity.key_id);
    CHECK(decryption.transfer.bytes_out == mail.size());
}

TEST_CASE("library: content in memory is decompressed") {
    Program program;
    const auto message = from_hex(program.session.world.python("world.forge_compressed(b'hello')"));

    CHECK(text_of(program->decompress(message)) == "hello");
}

TEST_CASE("library: what is not valid is not given out, and no error leaves content behind") {
    Program program;
    auto message =
        program->sign(signer, client::as_bytes("hello"), sign_as(client::Format::Der, client::Content::Opaque));
    const auto place = std::ranges::search(message, bytes_of("hello"));
    place.front() = 'j';

    const auto verification = program->verify(message);

    CHECK_FALSE(verification.valid);
    CHECK(verification.content.empty());
    CHECK(error_of([&] { program->decrypt(client::as_bytes("no message")); }) == "BadMessage");
}

TEST_CASE("library: a call leaves no descriptor open, whether it succeeds or fails") {
    Program program;
    const auto work = [&] {
        program->sign(signer, client::as_bytes(mail));
        program->verify(client::as_bytes(mail));
    };
    CHECK(error_of(work) == "BadMessage");
    const auto before = open_descriptors();

    for (int i = 0; i < 10; ++i) CHECK(error_of(work) == "BadMessage");

    CHECK(open_descriptors() == before);
}

TEST_CASE("library: descriptors that are not open are InvalidArgs") {
    Program program;
    client::Watch watch;
    watch.cancel_descriptor = 1 << 20;

    CHECK(error_of([&] { program->verify(1 << 20); }) == "InvalidArgs");
    CHECK(error_of([&] { program->list({}, watch); }) == "InvalidArgs");
    CHECK(program->list().size() == 1);
}

TEST_CASE("library: progress is told in the caller's thread while bytes move") {
    Program program;
    EndlessInput input;
    const auto output = cardseal::make_memory_file("output");
    std::optional<std::thread::id> teller;
    client::Watch watch;
    watch.progress = [&](const client::Progress& progress) {
        if (progress.bytes_in == 0) return;
        teller = std::this_thread::get_id();
        input.end();
    };

    const auto transfer = program->sign(signer, input.descriptor(), output.get(), sign_as(client::Format::Der), watch);

    CHECK(teller == std::this_thread::get_id());
    CHECK(transfer.bytes_in > 0);
    CHECK(transfer.bytes_out == content_of(output).size());
}

TEST_CASE("library: an exception of the progress callback leaves the call and cancels the job") {
    struct Enough {};
    Program program;
    const EndlessInput input;
    const auto output = cardseal::make_memory_file("output");
    client::Watch watch;
    watch.progress = [](const client::Progress&) { throw Enough(); };

    CHECK_THROWS_AS(program->sign(signer, input.descriptor(), output.get(), sign_as(client::Format::Der), watch),
                    Enough);

    program.session.wait_until_no_job_runs();
    CHECK(content_of(output).empty());
    CHECK_FALSE(program->sign(signer, client::as_bytes(mail)).empty());
}

TEST_CASE("library: another thread cancels while a person is asked for the PIN") {
    Program program;
    program.session.world.plan_pinentry({"wait pin 1234", "always pin 1234"});
    const CancelDescriptor cancellation;
    std::thread other([&] {
        program.session.world.wait_until_asked();
        cancellation.cancel();
    });

    const auto error = error_of([&] { program->sign(signer, client::as_bytes(mail), {}, cancellation.watch()); });
    other.join();

    CHECK(error == "Cancelled");
    CHECK_FALSE(program->sign(signer, client::as_bytes(mail)).empty());
}

TEST_CASE("library: another thread cancels while bytes move") {
    Program program;
    const EndlessInput input;
    const auto output = cardseal::make_memory_file("output");
    const CancelDescriptor cancellation, moving;
    std::thread other([&] {
        uint64_t value = 0;
        REQUIRE(read(moving.descriptor.get(), &value, sizeof value) == sizeof value);
        cancellation.cancel();
    });
    auto watch = cancellation.watch();
    watch.progress = [&](const client::Progress&) { moving.cancel(); };

    const auto error =
        error_of([&] { program->sign(signer, input.descriptor(), output.get(), sign_as(client::Format::Der), watch); });
    other.join();

    CHECK(error == "Cancelled");
    CHECK(content_of(output).empty());
    program.session.wait_until_no_job_runs();
}

TEST_CASE("library: many threads work at once, each with a client of its own") {
    Program program(WorldSetup{{"rsa2048", "p256"}});
    std::atomic<int> valid = 0;
    std::vector<std::thread> threads;
    for (const std::string kind : {"rsa2048", "p256", "rsa2048", "p256", "rsa2048", "p256"})
        threads.emplace_back([&valid, kind] {
            client::Client own;
            for (int i = 0; i < 4; ++i)
                valid += own.verify(own.sign({kind + "@example.org"}, client::as_bytes(mail))).valid;
        });
    for (auto& thread : threads) thread.join();

    CHECK(valid == 24);
    CHECK(program.session.world.pinentry_count("GETPIN") == 1);
}

TEST_CASE("library: a client can be moved, also into another thread") {
    Program program;
    client::Client moved(std::move(*program));
    size_t keys = 0;

    std::thread([&keys, own = std::move(moved)]() mutable { keys = own.list().size(); }).join();
    *program = client::Client();

    CHECK(keys == 1);
    CHECK(program->list().size() == 1);
}

TEST_CASE("library: a daemon that dies during a call is DaemonUnreachable, and the next call starts it again") {
    Program program;
    program.session.world.plan_pinentry({"wait pin 1234", "always pin 1234"});
    std::thread other([&] {
        program.session.world.wait_until_asked();
        kill(program.session.world.daemon_pid(), SIGKILL);
    });

    const auto error = error_of([&] { program->sign(signer, client::as_bytes(mail)); });
    other.join();

    CHECK(error == "DaemonUnreachable");
    CHECK(program->verify(program->sign(signer, client::as_bytes(mail))).valid);
}

TEST_CASE("library: a bus that goes away is DaemonUnreachable, and the next call finds it when it is back") {
    Program program;
    auto& world = program.session.world;
    CHECK(program->list().size() == 1);

    world.python("world.stop_bus()");
    CHECK(error_of([&] { program->list(); }) == "DaemonUnreachable");
    CHECK(error_of([&] { client::Client another; }) == "DaemonUnreachable");
    world.python("world.start_bus()");

    CHECK(program->list().size() == 1);
}

TEST_CASE("library: an exception of the one who monitors leaves the call, and Cancelled ends it") {
    struct Enough {};
    Program program;
    const CancelDescriptor cancellation;
    std::string key;
    const auto cancelling = [&](const client::Event& event) {
        if (event.subject != client::EventSubject::Key) return;
        key = event.name;
        cancellation.cancel();
    };

    CHECK_THROWS_AS(program->monitor([](const client::Event&) { throw Enough(); }), Enough);
    CHECK(error_of([&] { program->monitor(cancelling, cancellation.watch()); }) == "Cancelled");

    CHECK(key == signer.front());
}
