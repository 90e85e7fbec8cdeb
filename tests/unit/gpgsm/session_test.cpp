// SPDX-License-Identifier: LGPL-2.1-or-later
// Conversations with neither a daemon nor a real gpgsm behind: who speaks wrongly is told so, and nothing hangs.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <thread>

#include "catch.hpp"
#include "gpgsm/session.hpp"

using namespace cardseal::gpgsm;

namespace {

/// A session in a thread of its own, and the program's end of its connection.
class Conversation {
public:
    Conversation() : Conversation(pair(), {}, {}) {}
    Conversation(std::string gpgsm, std::vector<std::string> arguments)
        : Conversation(pair(), std::move(gpgsm), std::move(arguments)) {}
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;
    ~Conversation() { leave(); }

    /// Sends the line; all that comes up to the last line of the answer.
    std::vector<std::string> say(const std::string& line) {
        channel_.write_line(line);
        return answer();
    }
    std::vector<std::string> say_with(const std::string& line, int descriptor) {
        channel_.write_line_with(line, descriptor);
        return answer();
    }
    std::string last(const std::string& line) { return say(line).back(); }
    void say_without_waiting(const std::string& line) { channel_.write_line(line); }
    std::string hear_line() {
        const auto line = channel_.read_line();
        return line ? line->text : "(gone)";
    }
    void say_bytes(std::string_view bytes) { channel_.write(bytes); }
    void close_writing() { shutdown(ours_.get(), SHUT_WR); }
    void wait_for_end() {
        thread_.join();
        theirs_ = Descriptor();
    }
    /// Returns when the session has ended.
    void leave() {
        shutdown(ours_.get(), SHUT_RDWR);
        ours_ = Descriptor();
        if (thread_.joinable()) thread_.join();
    }

private:
    static std::array<Descriptor, 2> pair() {
        std::array<int, 2> ends{};
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        return {Descriptor(ends[0]), Descriptor(ends[1])};
    }
    Conversation(std::array<Descriptor, 2> ends, std::optional<std::string> gpgsm, std::vector<std::string> arguments)
        : ours_(std::move(ends[0])), theirs_(std::move(ends[1])), channel_(ours_.get(), ours_.get()) {
        setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
        thread_ = std::thread([this, path = std::move(gpgsm), words = std::move(arguments)] {
            Channel caller(theirs_.get(), theirs_.get());
            Session(caller, {path, words, {}, -1}).serve();
        });
        REQUIRE(answer().back().starts_with("OK "));
    }
    std::vector<std::string> answer() {
        std::vector<std::string> lines;
        do {
            const auto line = channel_.read_line();
            lines.push_back(line ? line->text : "(gone)");
        } while (lines.back() != "(gone)" && !lines.back().starts_with("OK") && !lines.back().starts_with("ERR"));
        return lines;
    }

    Descriptor ours_, theirs_;
    Channel channel_;
    std::thread thread_;
};

Descriptor memory_file() { return Descriptor(memfd_create("test", MFD_CLOEXEC)); }

}  // namespace

TEST_CASE("gpgsm session: a line that is too long or holds a NUL is an error, and the next is heard") {
    Conversation conversation;

    CHECK(conversation.last("SIGNER " + std::string(2000, 'a')) == "ERR 50331911 Line passed to IPC too long <GpgSM>");
    CHECK(conversation.last(std::string("RESET\0x", 7)).starts_with("ERR "));
    CHECK(conversation.last("RESET") == "OK");
}

TEST_CASE("gpgsm session: an unknown command or option is an error") {
    Conversation conversation;

    CHECK(conversation.last("FROBNICATE now") == "ERR 50331923 Unknown IPC command <GpgSM>");
    CHECK(conversation.last("OPTION frobnicate=1").starts_with("ERR 50331822 "));
    CHECK(conversation.last("OPTION display=:0") == "OK");
    CHECK(conversation.last("BYE").starts_with("OK "));
    conversation.wait_for_end();
}

TEST_CASE("gpgsm session: descriptors that were not passed or are not there are errors") {
    Conversation conversation;

    CHECK(conversation.last("INPUT FD").starts_with("ERR "));
    CHECK(conversation.last("INPUT FD=0").starts_with("ERR "));
    CHECK(conversation.last("INPUT FD=4711").starts_with("ERR "));
    CHECK(conversation.last("INPUT").starts_with("ERR "));
    CHECK(conversation.say_with("INPUT FD", memory_file().get()).back() == "OK");
    CHECK(conversation.last("OUTPUT FD").starts_with("ERR "));
}

TEST_CASE("gpgsm session: an operation without its input or output says which is missing") {
    Conversation conversation;

    CHECK(conversation.last("DECRYPT") == "ERR 50331926 No input source for IPC <GpgSM>");
    CHECK(conversation.last("VERIFY") == "ERR 50331926 No input source for IPC <GpgSM>");
    CHECK(conversation.say_with("INPUT FD", memory_file().get()).back() == "OK");
    CHECK(conversation.last("DECRYPT") == "ERR 50331927 No output source for IPC <GpgSM>");
}

TEST_CASE("gpgsm session: without the daemon its errors are answers and its keys are not there") {
    Conversation conversation;
    const auto output = memory_file();

    CHECK(conversation.say("LISTKEYS") == std::vector<std::string>{"OK"});
    CHECK(conversation.say("SIGNER anna@example.org") ==
          std::vector<std::string>{"S INV_SGNR 9 anna@example.org", "ERR 50331665 No secret key <GpgSM>"});
    CHECK(conversation.say_with("INPUT FD", memory_file().get()).back() == "OK");
    CHECK(conversation.say_with("OUTPUT FD", output.get()).back() == "OK");
    CHECK(conversation.last("DECRYPT").starts_with("ERR 50331725 "));  // no agent
}

TEST_CASE("gpgsm session: without a real gpgsm what only that could do is an error of its own") {
    Conversation conversation;

    CHECK(conversation.last("SIGN") == "ERR 50331665 No secret key <GpgSM>");
    CHECK(conversation.last("ENCRYPT") == "ERR 50331657 No public key <GpgSM>");
    CHECK(conversation.last("DELKEYS anna") == "ERR 50331657 No public key <GpgSM>");
    for (const auto* command : {"IMPORT", "GENKEY", "PASSWD anna"})
        CHECK(conversation.last(command) == "ERR 50331708 Not supported <GpgSM>");
    CHECK(conversation.say("EXPORT --data -- anna") == std::vector<std::string>{"OK"});
    CHECK(conversation.last("GETAUDITLOG") == "ERR 50331706 No data <GpgSM>");
}

TEST_CASE("gpgsm session: more descriptors than an operation has are closed and do no harm") {
    Conversation conversation;
    for (int i = 0; i < 100; ++i) CHECK(conversation.say_with("RESET", memory_file().get()).back() == "OK");

    for (int i = 0; i < 8; ++i) CHECK(conversation.last("INPUT FD") == "OK");
    CHECK(conversation.last("INPUT FD").starts_with("ERR "));
}

TEST_CASE("gpgsm session: half a line and then nothing more is no command, and the session ends") {
    Conversation conversation;

    conversation.say_bytes("BYE");
    conversation.close_writing();

    conversation.wait_for_end();
    CHECK(conversation.hear_line() == "(gone)");
}

TEST_CASE("gpgsm session: a real gpgsm that dies in mid-command is an error of that command, and another is started") {
    // It begins each command and does not end it.
    Conversation conversation("/bin/bash", {"-c",
                                            "s=$_assuan_connection_fd; echo OK >&$s; read -u $s; "
                                            "echo 'S PROGRESS' >&$s; kill -KILL $$"});
    for (int i = 0; i < 2; ++i)
        CHECK(conversation.say("IMPORT") ==
              std::vector<std::string>{"S PROGRESS", "ERR 50331907 IPC connect call failed <GpgSM>"});
    CHECK(conversation.last("RESET") == "OK");
}

TEST_CASE("gpgsm session: a real gpgsm that cannot be started or dies is an error of that command") {
    for (const auto* path : {"/nonexistent/gpgsm", "/bin/true"}) {
        Conversation conversation(path, {"--server"});
        INFO(path);
        CHECK(conversation.last("IMPORT").starts_with("ERR "));
        CHECK(conversation.last("RESET") == "OK");
    }
}

TEST_CASE("gpgsm session: a program that leaves while the real gpgsm works ends both") {
    // It says that it has begun and then nothing more.
    Conversation conversation("/bin/bash", {"-c",
                                            "s=$_assuan_connection_fd; echo OK >&$s; read -u $s; "
                                            "echo 'S PROGRESS' >&$s; exec tail -f /dev/null"});
    conversation.say_without_waiting("IMPORT");
    REQUIRE(conversation.hear_line() == "S PROGRESS");

    conversation.leave();

    SUCCEED("the session has ended");
}

TEST_CASE("gpgsm session: what the real gpgsm inquires is asked of the program and its answer goes back") {
    Conversation conversation("/bin/bash", {"-c",
                                            "s=$_assuan_connection_fd; echo OK >&$s; read -u $s; "
                                            "echo 'INQUIRE KEYPARAM' >&$s; read -u $s data; read -u $s end; "
                                            "echo \"S $data $end\" >&$s; echo OK >&$s"});
    conversation.say_without_waiting("GENKEY");
    REQUIRE(conversation.hear_line() == "INQUIRE KEYPARAM");

    conversation.say_without_waiting("D key-type: rsa");
    CHECK(conversation.say("END") == std::vector<std::string>{"S D key-type: rsa END", "OK"});
}

namespace {

/// Inquires once, and tells each line of what comes until it is the end of an inquiry or no data.
constexpr const char* inquirer =
    "s=$_assuan_connection_fd; echo OK >&$s; read -u $s; echo 'INQUIRE KEYPARAM' >&$s; "
    "while read -r -u $s line; do echo \"S ${#line} ${line:0:3}\" >&$s; case $line in D*) ;; *) break;; esac; done; "
    "echo ERR 1 >&$s; read -u $s";

}  // namespace

TEST_CASE("gpgsm session: an inquiry that is answered wrongly goes to the real gpgsm, which ends the command") {
    Conversation conversation("/bin/bash", {"-c", inquirer});
    conversation.say_without_waiting("GENKEY");
    REQUIRE(conversation.hear_line() == "INQUIRE KEYPARAM");

    CHECK(conversation.say("FROBNICATE") == std::vector<std::string>{"S 10 FRO", "ERR 1"});
    CHECK(conversation.last("RESET").starts_with("ERR "));  // the same line that gpgsm hears says that it is gone
    CHECK(conversation.last("RESET") == "OK");
}

TEST_CASE("gpgsm session: data for an inquiry that is too long is not cut: the inquiry is cancelled") {
    Conversation conversation("/bin/bash", {"-c", inquirer});
    conversation.say_without_waiting("GENKEY");
    REQUIRE(conversation.hear_line() == "INQUIRE KEYPARAM");

    conversation.say_without_waiting("D one");
    conversation.say_without_waiting("D " + std::string(2000, 'x'));
    conversation.say_without_waiting("D two");
    CHECK(conversation.say("END") == std::vector<std::string>{"S 5 D o", "S 3 CAN", "ERR 1"});
}

TEST_CASE("gpgsm session: a program that leaves in the middle of an inquiry ends both") {
    Conversation conversation("/bin/bash", {"-c", inquirer});
    conversation.say_without_waiting("GENKEY");
    REQUIRE(conversation.hear_line() == "INQUIRE KEYPARAM");

    conversation.leave();

    SUCCEED("the session has ended");
}
