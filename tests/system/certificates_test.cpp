// SPDX-License-Identifier: LGPL-2.1-or-later
// Other people's certificates through the bus: found, imported, removed, learned from valid mail, encrypted to.
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

Bytes pem_of(const Session& session, const std::string& name) {
    return read_whole_file(session.world.path("ca/" + name + ".pem"));
}

/// A person of whom the daemon knows nothing yet.
void introduce(Session& session, const std::string& name, const std::string& arguments = "") {
    session.world.python("world.identities.update(" + name + "=world.authority.identity('" + name + "'" +
                         (arguments.empty() ? "" : ", " + arguments) + ")) and None");
}

Bytes signed_by(const Session& session, const std::string& name) {
    return session.world.openssl(
        {"cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-signer",
         session.world.path("ca/" + name + ".pem"), "-inkey", session.world.path("ca/" + name + ".key")},
        bytes_of("hello"));
}

Json certificates(Session& session, const Options& filter = {}) {
    const auto reply = session.caller.find_certificates(filter);
    REQUIRE(reply.error + reply.message == "");
    return reply.body.at(0);
}

Reply encrypt_to(Session& session, const std::string& address) {
    return session.caller.encrypt({}, bytes_of("hello"),
                                  {{"addresses", std::vector<std::string>{address}},
                                   {"originator", std::string("none")},
                                   {"format", std::string("der")}});
}

}  // namespace

TEST_CASE("certificates: what a person imports is found, encrypted to and removed") {
    Session session;
    introduce(session, "bob");
    REQUIRE(encrypt_to(session, "bob@example.org").error == error_name("NoSuchCertificate"));

    const auto imported = session.caller.control("ImportCertificates", pem_of(session, "bob"));
    REQUIRE(imported.error + imported.message == "");
    const std::string fingerprint = imported.body.at(0).at(0);
    const auto found = certificates(session, {{"email", std::string("bob@example.org")}});

    REQUIRE(found.size() == 1);
    CHECK(found[0][0] == fingerprint);
    CHECK(found[0][1].at("source") == "user");
    CHECK(found[0][1].at("chain") == "trusted");
    CHECK(found[0][1].at("reason") == "");
    const auto encrypted = encrypt_to(session, "Bob@example.org");
    REQUIRE(encrypted.error + encrypted.message == "");
    CHECK(encrypted.result().at("recipients").at(0) == fingerprint);
    CHECK(encrypted.result().at("transports").at(0) == "rsa-pkcs1");
    CHECK(text_of(session.world.openssl({"cms", "-decrypt", "-inform", "DER", "-inkey",
                                         session.world.path("ca/bob.key"), "-recip", session.world.path("ca/bob.pem")},
                                        encrypted.bytes())) == "hello");

    CHECK(session.caller.control("RemoveCertificate", fingerprint).error == "");
    CHECK(session.caller.control("RemoveCertificate", fingerprint).error == error_name("NoSuchCertificate"));
    CHECK(encrypt_to(session, "bob@example.org").error == error_name("NoSuchCertificate"));
    session.require_next_good_request();
}

TEST_CASE("certificates: a valid mail brings them, one that is not does not (RFC 8551 §2.7.1)") {
    Session session;
    introduce(session, "bob");
    introduce(session, "carol");
    auto changed = signed_by(session, "carol");
    changed[find_all(changed, bytes_of("hello")).at(0)] ^= 1;

    REQUIRE(session.caller.verify(changed).result().at("valid") == false);
    REQUIRE(session.caller.verify(signed_by(session, "bob")).result().at("valid") == true);

    const auto found = certificates(session);
    REQUIRE(found.size() == 1);
    CHECK(found[0][1].at("addresses").at(0) == "bob@example.org");
    CHECK(found[0][1].at("capabilities").size() > 0);
}

TEST_CASE("certificates: a program cannot have one remembered by trusting its issuer, or choosing the time, itself") {
    Session session(WorldSetup{.prepare = {"world.write_configuration(anchors=[])"}});
    introduce(session, "bob");
    const auto root = read_whole_file(session.world.root_certificate());
    const auto message = signed_by(session, "bob");

    REQUIRE(session.caller.verify(message, {{"trust", std::vector<Bytes>{root}}}).result().at("valid") == true);

    CHECK(certificates(session).empty());
}

TEST_CASE("certificates: what is no certificate is BadMessage, and a name that is no fingerprint is InvalidArgs") {
    Session session;
    CHECK(session.caller.control("ImportCertificates", Bytes(1000, 'x')).error == error_name("BadMessage"));
    CHECK(session.caller.control("ImportCertificates", Bytes(2u << 20, 'x')).error == error_name("LimitExceeded"));
    CHECK(session.caller.control("RemoveCertificate", std::string("../../cardseal.toml")).error == invalid_args);
    CHECK(session.caller.find_certificates({{"colour", std::string("red")}}).error == invalid_args);
    CHECK(session.caller.encrypt({}, bytes_of("hello"), {}).error == invalid_args);
    session.require_next_good_request();
}

TEST_CASE("certificates: a poisoned folder keeps nobody") {
    Session session;
    introduce(session, "bob");
    const auto folder = session.world.path("data/cardseal/certificates");
    REQUIRE(session.caller.control("ImportCertificates", pem_of(session, "bob")).error == "");
    REQUIRE(
        session.world
            .run({"sh", "-c",
                  "cd '" + folder +
                      "' && mkfifo pipe.pem && ln -s loop.pem loop.pem && truncate -s 1T huge.pem && ln -s . down && "
                      "head -c 9999 /dev/urandom >rubbish.der"})
            .status == 0);

    CHECK(certificates(session).size() == 1);
    CHECK(encrypt_to(session, "bob@example.org").error == "");
    session.require_next_good_request();
}
