// SPDX-License-Identifier: LGPL-2.1-or-later
// What FindKeys says of the chains of one's own certificates: the verdict of a CMS worker, and only when asked.
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

const Options judged{{"verdicts", true}};

Json keys(Session& session, Options filter) {
    const auto reply = session.caller.find_keys(filter);
    REQUIRE(reply.error + reply.message == "");
    return reply.body.at(0);
}

/// Of the key with that address.
Json key(Session& session, const std::string& name) {
    auto filter = judged;
    filter["email"] = name + "@example.org";
    const auto found = keys(session, filter);
    REQUIRE(found.size() == 1);
    return found[0][1];
}

void check_verdict(const Json& key, const std::string& verdict, const std::string& reason) {
    CHECK(key.at("verdict") == verdict);
    INFO(key.at("verdict_reason").get<std::string>());
    CHECK((reason.empty() ? key.at("verdict_reason") == ""
                          : key.at("verdict_reason").get<std::string>().find(reason) != std::string::npos));
}

}  // namespace

TEST_CASE("verdicts: none is told unless asked for, and the keys are the same") {
    Session session;

    const auto plain = keys(session, {}), with_verdicts = keys(session, judged);

    REQUIRE(plain.size() == 1);
    CHECK_FALSE(plain[0][1].contains("verdict"));
    auto same = with_verdicts[0];
    check_verdict(same[1], "trusted", "");
    same[1].erase("verdict");
    same[1].erase("verdict_reason");
    CHECK(same == plain[0]);
}

TEST_CASE("verdicts: each key has its own, one that is expired and one without a certificate too") {
    Session session(
        WorldSetup{.prepare = {"world.add('old', validity='expired')", "world.add('bare', certificate=False)"}});

    check_verdict(key(session, "rsa2048"), "trusted", "");
    check_verdict(key(session, "old"), "expired", "expired");
    session.require_next_good_request();  // a key without a certificate is seen once somebody has logged in
    auto any = judged;
    any["certificate"] = std::string("any");
    const auto all = keys(session, any);
    REQUIRE(all.size() == 3);
    size_t without = 0;
    for (const auto& each : all) without += each[1].contains("verdict") ? 0 : 1;
    CHECK(without == 1);
}

TEST_CASE("verdicts: without the anchor nobody is trusted") {
    Session session(WorldSetup{.prepare = {"world.write_configuration(anchors=[])"}});

    check_verdict(key(session, "rsa2048"), "untrusted", "certificate chain: ");
}

TEST_CASE("verdicts: a certificate that a configured CRL lists is revoked") {
    Session session(WorldSetup{.prepare = {"world.add('gone')", "world.authority.revoke(world.identities['gone'])",
                                           "world.write_configuration(crls=[world.authority.revocation_list()])"}});

    check_verdict(key(session, "gone"), "revoked", "revoked");
    check_verdict(key(session, "rsa2048"), "trusted", "");
}

TEST_CASE("verdicts: where no CMS worker can be started the keys are listed, and it is said why nobody judged them") {
    Session session(WorldSetup{.prepare = {"(world.directory / 'libexec/cardseal-cms-worker').unlink()",
                                           "world.add('bare', certificate=False)"}});

    const auto found = key(session, "rsa2048");

    check_verdict(found, "unknown", "it could not be judged: ");
    CHECK(found.at("verdict_reason").get<std::string>().find("cardseal-cms-worker") != std::string::npos);
}

TEST_CASE("verdicts: no private-key operation, no prompt and no login comes of it") {
    Session session(WorldSetup{.fault_module = WorldSetup::FaultModule::InFront});

    check_verdict(key(session, "rsa2048"), "trusted", "");

    CHECK(session.calls("C_Login") == 0);
    CHECK(session.calls("C_SignInit") == 0);
    session.require_next_good_request();
    CHECK(session.calls("C_SignInit") == 1);
}
