// SPDX-License-Identifier: LGPL-2.1-or-later
// Prompts and notices through the bus: BAD_INPUT rows 67, 68, 71, 72, and what a person sees while a token is slow.
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const std::string der = "der";

/// A session whose token may be told how to behave before the daemon has looked at it.
struct PromptSession : Session {
    explicit PromptSession(const std::vector<std::string>& faults = {})
        : Session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront}) {
        world.set_faults(faults);
    }
    std::string start_sign() {
        const auto input = file_with(bytes_of("hello"));
        const auto reply = caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", der}});
        REQUIRE(reply.error == "");
        return reply.body.at(0);
    }
    Finished sign() { return caller.finished(start_sign()); }
    bool dialogue_has(const std::string& text) const {
        return world.read_text("bin/pinentry.log").find(text) != std::string::npos;
    }
    void wait_for_dialogue(const std::string& text) const {
        const auto deadline = soon();
        while (!dialogue_has(text))
            if (milliseconds_until(deadline) == 0) throw std::runtime_error("pinentry is not told: " + text);
    }

    FileDescriptor output = make_memory_file("output");
};

enum class User { Same, Other };

/// A process that a caller may say it works for; it ends with this object.
class MailProgram {
public:
    explicit MailProgram(User user = User::Same) : process_(fork()) {
        if (process_ == 0) {
            if (user == User::Other && setuid(65534) != 0) _exit(1);
            if (write(ready_.write_end.get(), "r", 1) == 1) pause();
            _exit(1);
        }
        char ready = 0;
        ready_.write_end = {};
        REQUIRE(read(ready_.read_end.get(), &ready, 1) == 1);
        pidfd_ = FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, process_, 0)));
    }
    MailProgram(const MailProgram&) = delete;
    MailProgram& operator=(const MailProgram&) = delete;
    ~MailProgram() { end(); }

    void end() {
        if (process_ <= 0) return;
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
        process_ = -1;
    }
    std::string label() const { return "system-prompt [" + std::to_string(process_) + "]"; }
    Options options() const {
        return {{"format", std::string("der")},
                {"interaction", std::string("allowed")},
                {"on_behalf_of", Descriptor{pidfd_.get()}}};
    }

private:
    Pipe ready_ = make_pipe();
    pid_t process_;
    FileDescriptor pidfd_;
};

const std::string own_label = "system-prompt [" + std::to_string(getpid()) + "]";

}  // namespace

TEST_CASE("row 67: three wrong PINs are three prompts with the tries left, each sent once, then the next is right") {
    PromptSession session;
    session.world.plan_pinentry({"pin 9999", "pin 8888", "pin 7777", "always pin 1234"});

    const auto finished = session.sign();

    CHECK(finished.error == error_name("PinIncorrect"));
    CHECK(session.world.pinentry_count("GETPIN") == 3);
    CHECK(session.dialogue_has("Wrong PIN, few tries left."));
    CHECK(session.calls("C_Login") == 3);
    session.require_next_good_request();
}

TEST_CASE("row 67: a PIN that locks the token is PinLocked") {
    PromptSession session({"return C_Login CKR_PIN_LOCKED"});

    CHECK(session.sign().error == error_name("PinLocked"));

    CHECK(session.calls("C_Login") == 1);
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 68: the last try asks for a confirmation first") {
    PromptSession session({"flags CKF_USER_PIN_FINAL_TRY"});
    session.world.plan_pinentry({"cancel", "confirm", "pin 1234"});

    CHECK(session.sign().error == error_name("PinCancelled"));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    CHECK(session.calls("C_Login") == 0);

    CHECK(session.sign().error == "");
    CHECK(session.dialogue_has("Only one try is left"));
    CHECK(session.calls("C_Login") == 1);
}

TEST_CASE("row 71: a locked PIN is PinLocked without a prompt or a login") {
    PromptSession session({"flags CKF_USER_PIN_LOCKED"});

    const auto finished = session.sign();

    CHECK(finished.error == error_name("PinLocked"));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    CHECK(session.calls("C_Login") == 0);
    session.world.set_faults({});
    session.require_next_good_request();
}

TEST_CASE("row 72: a pin pad has a notice that says who wants what, as long as the token waits for it") {
    PromptSession session({"flags CKF_PROTECTED_AUTHENTICATION_PATH", "pin-pad 1234", "hold C_Login"});
    const auto job = session.start_sign();

    session.wait_for_dialogue("MESSAGE");
    CHECK(session.dialogue_has("enter the PIN at the reader"));
    CHECK(session.dialogue_has("wants to sign"));
    CHECK_FALSE(session.dialogue_has("MESSAGE gone"));
    session.world.set_faults({"flags CKF_PROTECTED_AUTHENTICATION_PATH", "pin-pad 1234"});

    CHECK(session.caller.finished(job).error == "");
    session.wait_for_dialogue("MESSAGE gone");
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    CHECK(session.calls("C_Login") == 1);
}

TEST_CASE("row 72: a pin pad works where pinentry does not") {
    Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront,
                               .prepare = {"world.write_configuration(fault_module=True, pinentry='/nonexistent')",
                                           "world.set_faults('flags CKF_PROTECTED_AUTHENTICATION_PATH', 'pin-pad "
                                           "1234')"}});

    session.require_next_good_request();

    CHECK(session.calls("C_Login") == 1);
}

TEST_CASE("a prompt names the program that the caller works for, and the record the caller alone") {
    PromptSession session;
    const MailProgram mail_program;

    CHECK(session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), mail_program.options()).error == "");

    CHECK(session.dialogue_has("calls itself \"" + mail_program.label() + "\", through \"" + own_label +
                               "\", wants to sign."));
    CHECK(session.log_lines("private-key operation: sign for " + own_label + ": Done") == 1);
    CHECK(session.log_lines(mail_program.label()) == 0);
}

TEST_CASE("a prompt names the caller alone if the program that it works for is not there or not the user's") {
    PromptSession session;
    MailProgram mail_program;
    SECTION("it has ended") {
        mail_program.end();
        CHECK(session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), mail_program.options()).error == "");
    }
    SECTION("it is another user's") {
        if (getuid() != 0) return;  // only root can make one
        const MailProgram stranger(User::Other);
        CHECK(session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), stranger.options()).error == "");
    }

    CHECK(session.dialogue_has("calls itself \"" + own_label + "\" wants to sign."));
    CHECK_FALSE(session.dialogue_has("through"));
}

TEST_CASE("what is no pidfd is not taken for a program that the caller works for, and nobody is asked") {
    PromptSession session;
    const auto file = file_with(bytes_of("Pid:\t1\n"));

    const auto reply =
        session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"),
                            with_interaction({{"format", der}, {"on_behalf_of", Descriptor{file.get()}}}));

    CHECK(reply.error == invalid_args);
    CHECK_THAT(reply.message, ContainsSubstring("on_behalf_of"));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    session.require_next_good_request();
}

TEST_CASE("a token that is slow has a notice, which goes when it has answered") {
    PromptSession session;
    session.require_next_good_request();
    session.world.set_faults({"hold C_Sign"});
    const auto job = session.start_sign();

    session.wait_for_dialogue("MESSAGE");
    CHECK(session.dialogue_has("touch it if it wants that, or wait"));
    session.world.set_faults({});

    CHECK(session.caller.finished(job).error == "");
    session.wait_for_dialogue("MESSAGE gone");
    session.require_next_good_request();
}

TEST_CASE("a notice gives way to a prompt for another token") {
    Session session(
        WorldSetup{.fault_module = WorldSetup::FaultModule::InFront, .prepare = {"world.add_module('other', 'p256')"}});
    const auto other = session.world.python("world.identities['other'].key_id").get<std::string>();
    session.require_next_good_request();
    session.world.set_faults({"hold C_Sign"});
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto slow = session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", der}});
    const auto deadline = soon();
    while (session.world.pinentry_count("MESSAGE") == 0)
        if (milliseconds_until(deadline) == 0) throw std::runtime_error("no notice");

    CHECK(session.caller.sign({other}, bytes_of("meanwhile"), with_interaction({{"format", der}})).error == "");

    CHECK(session.caller.finished_count(slow.body.at(0)) == 0);
    session.world.set_faults({});
    CHECK(session.caller.finished(slow.body.at(0)).error == "");
}
