// SPDX-License-Identifier: LGPL-2.1-or-later
// What each process has open and mapped while it works, and how much memory a large message takes (DESIGN.md §1).
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <thread>

#include "process_view.hpp"
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const std::string der = "der";
constexpr const char* cms_worker_program = "cardseal-cms-worker";
constexpr const char* token_worker_program = "cardseal-token-worker";
constexpr size_t large = 64 << 20;
constexpr size_t memory_limit_kib = 32 * 1024;

/// A signing job in the middle of its input, on a token that is logged in.
struct RunningJob {
    explicit RunningJob(Session& session)
        : input(make_pipe()),
          output(make_memory_file("the-output")),
          input_name(name_of_descriptor(input.read_end.get())) {
        session.require_next_good_request();
        const auto reply =
            session.caller.start_sign({"rsa2048@example.org"}, input.read_end.get(), output.get(), {{"format", der}});
        REQUIRE(reply.error == "");
        path = reply.body.at(0);
        input.read_end.close();
        cms_worker = wait_for_holder(session.world.daemon_pid(), cms_worker_program, input_name);
    }

    Pipe input;
    FileDescriptor output;
    std::string input_name, path;
    pid_t cms_worker = 0;
};

size_t sockets_of(pid_t pid) {
    const auto files = open_files(pid);
    return static_cast<size_t>(
        std::count_if(files.begin(), files.end(), [](const std::string& file) { return file.starts_with("socket:"); }));
}

/// Feeds a descriptor from another thread while the test waits for the job.
class Feeder {
public:
    Feeder(FileDescriptor sink, Bytes content)
        : thread_([sink = std::move(sink), content = std::move(content)] { write_all(sink.get(), content); }) {}
    ~Feeder() { thread_.join(); }

private:
    std::thread thread_;
};

/// Runs a job with `content` on a pipe and returns the peak of the CMS worker's memory in KiB.
template <class Start>
size_t peak_of_job(Session& session, Bytes content, Start start) {
    auto pipe = make_pipe();
    const auto name = name_of_descriptor(pipe.read_end.get());
    const Reply job = start(pipe.read_end.get());
    REQUIRE(job.error == "");
    pipe.read_end.close();
    WatchedProcess worker(wait_for_holder(session.world.daemon_pid(), cms_worker_program, name));
    const Feeder feeder(std::move(pipe.write_end), std::move(content));
    const auto peak = worker.peak_memory_kib_at_end();
    const auto finished = session.caller.finished(job.body.at(0));
    CHECK(finished.error + ": " + finished.message == ": ");
    return peak;
}

}  // namespace

TEST_CASE("a PKCS#11 module is mapped in the token worker alone") {
    Session session;
    RunningJob job(session);
    const auto token_workers = descendants_running(session.world.daemon_pid(), token_worker_program);
    REQUIRE(token_workers.size() == 1);

    CHECK_THAT(mapped_files(token_workers[0]), ContainsSubstring("libsofthsm2.so"));  // the positive control
    CHECK_THAT(mapped_files(job.cms_worker), !ContainsSubstring("softhsm") && !ContainsSubstring("pkcs11"));
    CHECK_THAT(mapped_files(session.world.daemon_pid()), !ContainsSubstring("softhsm"));
    for (const auto zygote : descendants_running(session.world.daemon_pid(), cms_worker_program))
        CHECK_THAT(mapped_files(zygote), !ContainsSubstring("softhsm"));
}

TEST_CASE("a mail's descriptors are open in its CMS worker alone") {
    Session session;
    RunningJob job(session);
    const auto output_name = name_of_descriptor(job.output.get());
    const auto token_worker = descendants_running(session.world.daemon_pid(), token_worker_program).at(0);

    CHECK(has_open(job.cms_worker, job.input_name));  // the positive control
    CHECK(has_open(job.cms_worker, output_name));
    wait_until_closed(session.world.daemon_pid(), job.input_name);
    wait_until_closed(session.world.daemon_pid(), output_name);
    CHECK(!has_open(token_worker, job.input_name));
    CHECK(!has_open(token_worker, output_name));
    for (const auto pid : descendants_of(session.world.daemon_pid()))
        if (pid != job.cms_worker) CHECK(!has_open(pid, job.input_name));
}

TEST_CASE("a CMS worker has no socket but its channel: none of pcscd, none of the bus") {
    Session session;
    RunningJob job(session);

    CHECK(sockets_of(job.cms_worker) == 1);

    // The positive control: a job whose output is a socket has one more.
    auto pair = make_stream_sockets();
    auto pipe = make_pipe();
    const auto name = name_of_descriptor(pipe.read_end.get());
    REQUIRE(
        session.caller.start_sign({"rsa2048@example.org"}, pipe.read_end.get(), pair.theirs.get(), {{"format", der}})
            .error == "");
    pipe.read_end.close();
    CHECK(sockets_of(wait_for_holder(session.world.daemon_pid(), cms_worker_program, name)) == 2);
}

TEST_CASE("no process of the daemon is dumpable, and CMS workers run under a seccomp filter") {
    Session session;
    RunningJob job(session);
    const auto status_of = [](pid_t pid) {
        const auto bytes = read_whole_file("/proc/" + std::to_string(pid) + "/status");
        return std::string(text_of(bytes));
    };

    CHECK_THAT(status_of(job.cms_worker), ContainsSubstring("Seccomp:\t2"));
    CHECK_THAT(status_of(session.world.daemon_pid()), ContainsSubstring("NoNewPrivs:\t1"));
    for (const auto pid : descendants_of(session.world.daemon_pid()))
        CHECK_THAT(status_of(pid), ContainsSubstring("NoNewPrivs:\t1"));
}

TEST_CASE("signing 64 MiB takes less than 32 MiB of a CMS worker's memory") {
    Session session;
    session.require_next_good_request();
    const auto output = make_memory_file("output");

    const auto peak = peak_of_job(session, Bytes(large, 'x'), [&](int input) {
        return session.caller.start_sign({"rsa2048@example.org"}, input, output.get(),
                                         {{"format", der}, {"opaque", true}});
    });

    if (memory_is_measurable) CHECK(peak < memory_limit_kib);
    CHECK(content_of(output).size() > large);
}

TEST_CASE("decrypting 64 MiB takes less than 32 MiB of a CMS worker's memory") {
    Session session;
    session.require_next_good_decryption();
    const Bytes content(large, 'x');
    const auto* cipher = GENERATE("-aes256", "-aes-256-gcm");
    const auto message = session.world.encrypt_with_openssl(content, session.world.identity("rsa2048"), {cipher});
    const auto output = make_memory_file("output");

    const auto peak =
        peak_of_job(session, message, [&](int input) { return session.caller.start_decrypt(input, output.get()); });

    if (memory_is_measurable) CHECK(peak < memory_limit_kib);
    CHECK(content_of(output) == content);
}

TEST_CASE("row 8: a length of 2 GiB in 25 bytes is a BadMessage that takes no memory") {
    Session session;
    // ContentInfo { envelopedData, [0] { SEQUENCE of 2 GiB ...
    const auto message = from_hex(
        "308480000000"
        "06092a864886f70d010703"
        "a08480000000"
        "3084");
    REQUIRE(message.size() == 25);
    auto pipe = make_pipe();
    const auto output = make_memory_file("output");
    const auto job = session.caller.start_decrypt(pipe.read_end.get(), output.get());
    REQUIRE(job.error == "");
    const auto worker =
        wait_for_holder(session.world.daemon_pid(), "cardseal-cms-worker", name_of_descriptor(pipe.read_end.get()));
    const auto before = peak_memory_kib(worker);
    WatchedProcess watched(worker);

    write_all(pipe.write_end.get(), message);
    pipe.write_end.close();
    const auto peak = watched.peak_memory_kib_at_end();
    const auto finished = session.caller.finished(job.body.at(0));

    CHECK(finished.error == error_name("BadMessage"));
    if (memory_is_measurable) CHECK(peak < before + 16 * 1024);
    session.require_next_good_decryption();
}
