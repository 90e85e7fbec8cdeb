// SPDX-License-Identifier: LGPL-2.1-or-later
// Jobs, options and callers on the bus: BAD_INPUT rows 87, 96, 97, 99, 100 and the contract of the Job interface.
#include <unistd.h>

#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const std::string der = "der";

std::string path_of_job(const BusCaller& caller, const std::string& token) {
    auto name = caller.unique_name().substr(1);
    for (auto& character : name)
        if (character == '.') character = '_';
    return "/org/cardseal/Cardseal1/job/" + name + "/" + token;
}

/// A signing job that waits for a PIN until the test lets it go on.
struct WaitingJob {
    explicit WaitingJob(Session& session) : input(file_with(bytes_of("hello"))), output(make_memory_file("output")) {
        session.world.plan_pinentry({"wait pin 1234", "always pin 1234"});
        const auto reply =
            session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", der}});
        REQUIRE(reply.error == "");
        path = reply.body.at(0);
        session.world.wait_until_asked();
    }

    FileDescriptor input, output;
    std::string path;
};

}  // namespace

TEST_CASE("a job has the path that its caller chose") {
    Session session;
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");

    const auto reply = session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(),
                                                 {{"handle_token", std::string("mine_1")}, {"format", der}});

    REQUIRE(reply.error == "");
    CHECK(reply.body.at(0) == path_of_job(session.caller, "mine_1"));
    const auto finished = session.caller.finished(reply.body.at(0));
    CHECK(finished.error == "");
    CHECK(finished.result.at("bytes_in") == 5);
    CHECK(finished.result.at("bytes_out") == content_of(output).size());
    CHECK(session.caller.finished_count(reply.body.at(0)) == 1);
}

TEST_CASE("a job's path cannot be taken twice or spelt with other characters") {
    Session session;
    WaitingJob waiting(session);
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto start = [&](const std::string& token) {
        return session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(),
                                         {{"handle_token", token}, {"format", der}});
    };
    REQUIRE(start("twice").error == "");

    for (const auto& token : {std::string("twice"), std::string("a/b"), std::string(""), std::string(65, 'a')})
        CHECK(start(token).error == invalid_args);

    session.world.release_prompt();
    CHECK(session.caller.finished(path_of_job(session.caller, "twice")).error == "");
}

TEST_CASE("row 99: a stranger can neither see nor cancel a job") {
    Session session;
    WaitingJob job(session);
    BusCaller stranger(session.world);

    CHECK(stranger.job(job.path, "GetState").error == access_denied);
    CHECK(stranger.job(job.path, "Cancel").error == access_denied);

    CHECK(session.caller.job(job.path, "GetState").body.at(0) == "waiting");
    session.world.release_prompt();
    CHECK(session.caller.finished(job.path).error == "");
    CHECK(stranger.finished_count(job.path) == 0);
}

TEST_CASE("row 100: a guessed job path tells nothing") {
    Session session;

    const auto error = session.caller.job(path_of_job(session.caller, "guess"), "GetState").error;

    CHECK((error == "org.freedesktop.DBus.Error.UnknownObject" || error == access_denied ||
           error == "org.freedesktop.DBus.Error.UnknownMethod"));
    session.require_next_good_request();
}

TEST_CASE("a cancelled job ends with Cancelled, writes nothing and is gone") {
    Session session;
    WaitingJob job(session);

    CHECK(session.caller.job(job.path, "Cancel").error == "");
    const auto finished = session.caller.finished(job.path);

    CHECK(finished.error == error_name("Cancelled"));
    CHECK(content_of(job.output).empty());
    CHECK(session.caller.job(job.path, "GetState").error != "");
    session.world.plan_pinentry({"always pin 1234"});
    session.require_next_good_request();
    CHECK(session.caller.finished_count(job.path) == 1);
}

TEST_CASE("a job tells its progress and its state") {
    Session session;
    session.require_next_good_request();
    auto pipe = make_pipe();
    const auto output = make_memory_file("output");
    const auto job =
        session.caller.start_sign({"rsa2048@example.org"}, pipe.read_end.get(), output.get(), {{"format", der}});
    REQUIRE(job.error == "");
    pipe.read_end.close();

    size_t fed = 0;
    const Bytes chunk(64 * 1024, 'x');
    for (const auto deadline = soon(); !session.caller.has_progress(job.body.at(0)); fed += chunk.size()) {
        REQUIRE(milliseconds_until(deadline) > 0);
        write_all(pipe.write_end.get(), chunk);
    }
    const auto state = session.caller.job(job.body.at(0), "GetState");
    pipe.write_end.close();

    CHECK(state.body.at(0) == "running");
    CHECK(state.body.at(1).get<uint64_t>() > 0);
    CHECK(state.body.at(3) == 0);
    const auto finished = session.caller.finished(job.body.at(0));
    CHECK(finished.error == "");
    CHECK(finished.result.at("bytes_in") == fed);
}

TEST_CASE("an inline call on a locked token is InteractionRequired at once, and works when a person may be asked") {
    Session session;
    const Options options{{"format", der}};

    CHECK(session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), options).error ==
          error_name("InteractionRequired"));
    CHECK(session.world.pinentry_count("GETPIN") == 0);

    CHECK(session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), with_interaction(options)).error == "");
    CHECK(session.world.pinentry_count("GETPIN") == 1);
    CHECK(session.caller.sign({"rsa2048@example.org"}, bytes_of("hello"), options).error == "");
}

TEST_CASE("row 74: two jobs that wait for one token share one prompt") {
    Session session;
    WaitingJob first(session);
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto second =
        session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", der}});
    REQUIRE(second.error == "");

    session.world.release_prompt();

    CHECK(session.caller.finished(first.path).error == "");
    CHECK(session.caller.finished(second.body.at(0)).error == "");
    CHECK(session.world.pinentry_count("GETPIN") == 1);
}

TEST_CASE("row 87: a job whose client dies never reaches its token operation") {
    Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront});
    session.require_next_good_request();
    const auto signatures = session.calls("C_Sign");
    auto pipe = make_pipe();
    const auto output = make_memory_file("output");
    BusCaller dying(session.world);
    const auto job = dying.start_sign({"rsa2048@example.org"}, pipe.read_end.get(), output.get(), {{"format", der}});
    REQUIRE(job.error == "");
    write_all(pipe.write_end.get(), bytes_of("half"));

    dying.disconnect();
    session.wait_until_no_job_runs();
    pipe.write_end.close();

    CHECK(session.calls("C_Sign") == signatures);
    CHECK(content_of(output).empty());
    session.require_next_good_request();
    CHECK(session.calls("C_Sign") == signatures + 1);
}

TEST_CASE("row 87: the prompt of a client that dies goes away") {
    Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront});
    session.world.plan_pinentry({"wait pin 1234", "always pin 1234"});
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    BusCaller dying(session.world);
    REQUIRE(dying.start_sign({"rsa2048@example.org"}, input.get(), output.get(), {{"format", der}}).error == "");
    session.world.wait_until_asked();

    dying.disconnect();
    session.wait_until_no_job_runs();

    session.require_next_good_request();
    CHECK(session.calls("C_Sign") == 1);
    CHECK(session.world.pinentry_count("GETPIN") == 2);
}

TEST_CASE("row 96: an option of the wrong type is InvalidArgs that names it") {
    Session session;
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const auto check = [](const Reply& reply, const std::string& name) {
        INFO(name << ": " << reply.message);
        CHECK(reply.error == invalid_args);
        CHECK_THAT(reply.message, ContainsSubstring(name));
    };

    check(session.caller.sign({"rsa2048@example.org"}, bytes_of("x"), {{"opaque", std::string("yes")}}), "opaque");
    check(session.caller.sign({"rsa2048@example.org"}, bytes_of("x"), {{"format", true}}), "format");
    check(session.caller.sign({"rsa2048@example.org"}, bytes_of("x"), {{"message", uint64_t{1}}}), "message");
    check(session.caller.decrypt(bytes_of("x"), {{"key", uint64_t{1}}}), "key");
    check(session.caller.verify(bytes_of("x"), {{"time", std::string("now")}}), "time");
    check(session.caller.verify(bytes_of("x"), {{"trust", std::string("all")}}), "trust");
    check(session.caller.encrypt({session.certificate("rsa2048")}, bytes_of("x"), {{"cipher", true}}), "cipher");
    check(session.caller.find_keys({{"email", true}}), "email");
    check(session.caller.start_decrypt(input.get(), output.get(), {{"handle_token", true}}), "handle_token");
    check(session.caller.start_verify(input.get(), {{"output", std::string("/tmp/x")}}), "output");

    CHECK(content_of(output).empty());
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    session.require_next_good_request();
}

TEST_CASE("row 97: an unknown option is InvalidArgs that names it") {
    Session session;
    const auto input = file_with(bytes_of("hello"));
    const auto output = make_memory_file("output");
    const Options unknown{{"colour", std::string("blue")}};
    const auto recipient = session.certificate("rsa2048");

    for (const auto& reply :
         {session.caller.sign({"rsa2048@example.org"}, bytes_of("x"), unknown),
          session.caller.decrypt(bytes_of("x"), unknown), session.caller.verify(bytes_of("x"), unknown),
          session.caller.encrypt({recipient}, bytes_of("x"), unknown), session.caller.find_keys(unknown),
          session.caller.start_sign({"rsa2048@example.org"}, input.get(), output.get(), unknown),
          session.caller.start_decrypt(input.get(), output.get(), unknown),
          session.caller.start_verify(input.get(), unknown),
          session.caller.start_encrypt({recipient}, input.get(), output.get(), unknown)}) {
        CHECK(reply.error == invalid_args);
        CHECK_THAT(reply.message, ContainsSubstring("colour"));
    }

    CHECK(content_of(output).empty());
    session.require_next_good_request();
}

TEST_CASE("row 97: options of a mail without what they need are InvalidArgs that names it") {
    Session session;
    const auto mail = bytes_of("From: rsa2048@example.org\r\n\r\nhello\r\n");
    const auto recipient = session.certificate("rsa2048");
    const auto sign = [&](const Options& options) {
        return session.caller.sign({"rsa2048@example.org"}, mail, with_interaction(options));
    };
    REQUIRE(text_of(sign({{"message", true}}).bytes()).starts_with("From: rsa2048@example.org\r\nMIME-Version: 1.0"));

    for (const auto& [reply, name] :
         {std::pair(sign({{"message", true}, {"format", std::string("der")}}), "message"),
          {sign({{"protect_headers", true}}), "protect_headers"},
          {sign({{"message", true}, {"to_be_encrypted", true}}), "to_be_encrypted"},
          {session.caller.encrypt({recipient}, mail, {{"message", true}, {"format", std::string("pem")}}), "message"},
          {session.caller.encrypt({recipient}, mail, {{"message", true}, {"to_be_encrypted", true}}),
           "to_be_encrypted"},
          {session.caller.encrypt({recipient}, mail, {{"protect_headers", true}}), "protect_headers"}}) {
        INFO(name << ": " << reply.message);
        CHECK(reply.error == invalid_args);
        CHECK_THAT(reply.message, ContainsSubstring(name));
    }
}

TEST_CASE("a choice that does not exist is InvalidArgs that names its option") {
    Session session;

    for (const auto& [name, value] : {std::pair("format", "docx"), std::pair("digest", "md5"),
                                      std::pair("padding", "none"), std::pair("interaction", "maybe")}) {
        const auto reply = session.caller.sign({"rsa2048@example.org"}, bytes_of("x"), {{name, std::string(value)}});
        CHECK(reply.error == invalid_args);
        CHECK_THAT(reply.message, ContainsSubstring(name));
    }

    session.require_next_good_request();
}

TEST_CASE("keys are found by what is asked for and never prompt") {
    Session session(WorldSetup{.keys = {"rsa2048", "p256"}});
    const auto& rsa = session.world.identity("rsa2048");

    const auto all = session.caller.find_keys().body.at(0);
    const auto by_address = session.caller.find_keys({{"email", std::string("RSA2048@example.org")}}).body.at(0);
    const auto nobody = session.caller.find_keys({{"email", std::string("rsa2048@example.or")}}).body.at(0);

    CHECK(all.size() == 2);
    REQUIRE(by_address.size() == 1);
    CHECK(by_address.at(0).at(0) == rsa.key_id);
    const auto& facts = by_address.at(0).at(1);
    CHECK(facts.at("fingerprint") == rsa.fingerprint);
    CHECK(facts.at("token") == "card");
    CHECK(facts.at("algorithm") == "rsa");
    CHECK(facts.at("bits") == 2048);
    CHECK(facts.at("logged_in") == false);
    CHECK(nobody.empty());
    CHECK(session.world.pinentry_count("GETPIN") == 0);
}
