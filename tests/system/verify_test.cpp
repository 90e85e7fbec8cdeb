// SPDX-License-Identifier: LGPL-2.1-or-later
// Verification through the bus of signatures that are not what they should be: BAD_INPUT rows 29 and 57-59.
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

void require_good_verification(Session& session) {
    const auto reply = session.caller.verify(session.forge({{"rsa2048", "good"}}));
    REQUIRE(reply.error + ": " + reply.message == ": ");
    REQUIRE(reply.result().at("valid") == true);
    REQUIRE(text_of(reply.bytes()) == "hello");
}

}  // namespace

TEST_CASE("row 29: a message-digest that is missing, double or of a wrong type is invalid with the reason") {
    Session session;
    require_good_verification(session);

    for (const auto* variant : {"missing", "twice", "two values", "wrong type"}) {
        const auto reply = session.caller.verify(session.forge({{"rsa2048", variant}}));
        INFO(variant << ": " << reply.message << reply.body);
        REQUIRE(reply.error == "");
        CHECK(reply.result().at("valid") == false);
        CHECK(reply.result().at("signers").at(0).at("valid") == false);
        CHECK_THAT(reply.result().at("signers").at(0).at("reason").get<std::string>(),
                   ContainsSubstring("message-digest"));
        CHECK(reply.bytes().empty());
    }

    require_good_verification(session);
}

TEST_CASE("row 57: content without a signer is not signed, and never valid") {
    Session session;

    const auto reply = session.caller.verify(session.forge({}));

    INFO(reply.message << reply.body);
    CHECK(reply.error == "");
    CHECK(reply.result().at("valid") == false);
    CHECK(reply.result().at("signers").empty());
    CHECK(reply.bytes().empty());
    require_good_verification(session);
}

TEST_CASE("row 58: of two signers with one bad each is reported, and the whole is invalid") {
    Session session(WorldSetup{.keys = {"rsa2048", "p256"}});
    const auto both_good = session.caller.verify(session.forge({{"rsa2048", "good"}, {"p256", "good"}}));
    REQUIRE(both_good.result().at("valid") == true);
    REQUIRE(both_good.result().at("signers").size() == 2);

    const auto reply = session.caller.verify(session.forge({{"rsa2048", "good"}, {"p256", "bad signature"}}));

    REQUIRE(reply.error == "");
    CHECK(reply.result().at("valid") == false);
    CHECK(reply.bytes().empty());
    const auto& signers = reply.result().at("signers");
    REQUIRE(signers.size() == 2);
    for (const auto& signer : signers) {
        const bool is_bad = signer.at("fingerprint") == session.world.identity("p256").fingerprint;
        INFO(signer);
        CHECK(signer.at("signature") == (is_bad ? "bad" : "good"));
        CHECK(signer.at("valid") == !is_bad);
        CHECK(signer.at("chain") == "trusted");
    }
    require_good_verification(session);
}

TEST_CASE("row 59: an opaque message together with detached content is a BadMessage") {
    Session session;
    const auto message = session.forge({{"rsa2048", "good"}});
    const auto content = file_with(bytes_of("hello"));

    const auto reply = session.caller.verify(message, {{"content", Descriptor{content.get()}}});

    CHECK(reply.error == error_name("BadMessage"));
    require_good_verification(session);
}
