// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages that are not what they should be, through the bus: BAD_INPUT rows 1-5 and 8.
#include <random>

#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

Bytes random_bytes(size_t size) {
    std::mt19937 generator(7);
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<uint8_t>(generator());
    return bytes;
}

/// Neither decrypt nor verify takes it, nobody is asked for a PIN, and nothing comes out.
void require_bad_message(Session& session, ByteView message, const Options& options = {}) {
    for (const auto& reply :
         {session.caller.decrypt(message, with_interaction(options)), session.caller.verify(message, options)}) {
        CHECK(reply.error == error_name("BadMessage"));
        CHECK(!reply.message.empty());
    }
    CHECK(session.world.pinentry_count("GETPIN") == 0);
}

}  // namespace

TEST_CASE("row 1: an empty message is a BadMessage") {
    Session session;

    require_bad_message(session, {});

    session.require_next_good_decryption();
}

TEST_CASE("row 1: an empty file is a BadMessage and nothing is written") {
    Session session;
    const auto input = file_with({});
    const auto output = make_memory_file("output");

    const auto job = session.caller.start_decrypt(input.get(), output.get());
    REQUIRE(job.error == "");
    const auto finished = session.caller.finished(job.body.at(0));

    CHECK(finished.error == error_name("BadMessage"));
    CHECK(content_of(output).empty());
    session.require_next_good_decryption();
    CHECK(session.caller.finished_count(job.body.at(0)) == 1);
}

TEST_CASE("row 2: random bytes are a BadMessage") {
    Session session;

    for (const size_t size : {1u, 2u, 16u, 1000u, 100'000u}) require_bad_message(session, random_bytes(size));

    session.require_next_good_decryption();
}

TEST_CASE("row 3: an enveloped message cut at any offset is a BadMessage") {
    Session session;
    const auto message = session.world.encrypt_with_openssl(bytes_of("hello"), session.world.identity("rsa2048"));

    for (size_t size = 0; size < message.size(); ++size) {
        const auto reply = session.caller.decrypt(ByteView(message).first(size), interaction_allowed);
        INFO("cut after " << size << " of " << message.size() << " bytes: " << reply.message);
        REQUIRE(reply.error == error_name("BadMessage"));
    }

    CHECK(session.world.pinentry_count("GETPIN") == 0);
    CHECK(text_of(session.caller.decrypt(message, interaction_allowed).bytes()) == "hello");
}

TEST_CASE("row 3: a signed message cut at any offset is a BadMessage") {
    Session session(WorldSetup{.keys = {"p256"}});
    const auto message = session.forge({{"p256", "good"}});
    REQUIRE(session.caller.verify(message).result().at("valid") == true);

    for (size_t size = 0; size < message.size(); ++size) {
        const auto reply = session.caller.verify(ByteView(message).first(size));
        INFO("cut after " << size << " of " << message.size() << " bytes: " << reply.message);
        REQUIRE(reply.error == error_name("BadMessage"));
    }
}

TEST_CASE("row 4: a message followed by more bytes is a BadMessage") {
    Session session;
    auto enveloped = session.world.encrypt_with_openssl(bytes_of("hello"), session.world.identity("rsa2048"));
    auto opaque = session.forge({{"rsa2048", "good"}});
    enveloped.push_back('x');
    opaque.push_back('x');

    CHECK(session.caller.decrypt(enveloped, interaction_allowed).error == error_name("BadMessage"));
    CHECK(session.caller.verify(opaque).error == error_name("BadMessage"));

    CHECK(session.world.pinentry_count("GETPIN") == 0);
    session.require_next_good_decryption();
}

TEST_CASE("row 5: a form other than the declared one is a BadMessage that names it") {
    Session session;
    const auto& recipient = session.world.identity("rsa2048");
    const auto der = session.world.encrypt_with_openssl(bytes_of("hello"), recipient);
    const auto pem = session.world.encrypt_with_openssl(bytes_of("hello"), recipient, {"-outform", "PEM"});
    const auto smime = session.world.encrypt_with_openssl(bytes_of("hello"), recipient, {"-outform", "SMIME"});

    for (const auto& [message, declared, found] :
         {std::tuple(der, "pem", "DER"), std::tuple(der, "smime", "DER"), std::tuple(pem, "der", "PEM"),
          std::tuple(pem, "smime", "PEM"), std::tuple(smime, "der", "S/MIME"), std::tuple(smime, "pem", "S/MIME")}) {
        const auto reply = session.caller.decrypt(message, with_interaction({{"form", std::string(declared)}}));
        INFO("declared as " << declared << ": " << reply.message);
        CHECK(reply.error == error_name("BadMessage"));
        CHECK_THAT(reply.message, ContainsSubstring(found));
    }
    CHECK(session.world.pinentry_count("GETPIN") == 0);

    const auto good = with_interaction({{"form", std::string("pem")}});
    CHECK(text_of(session.caller.decrypt(pem, good).bytes()) == "hello");
}
