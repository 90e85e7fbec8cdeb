// SPDX-License-Identifier: LGPL-2.1-or-later
// Whole mails through the bus: what they have in them, and those that are made to be read in two ways.
#include "session.hpp"

using namespace cardseal;
using namespace cardseal::testing;

namespace {

std::string with_footer(const std::string& signed_mail, const std::string& boundary = "list") {
    return "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" + signed_mail +
           "\r\n--" + boundary + "\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--" + boundary + "--\r\n";
}

std::string signed_mail(Session& session) {
    const auto& signer = session.world.identity("rsa2048");
    const auto mail = session.world.openssl({"cms", "-sign", "-signer", signer.certificate, "-inkey", signer.key},
                                            bytes_of("Content-Type: text/plain\r\n\r\nhello\r\n"));
    return std::string(text_of(mail));
}

Finished inspect(Session& session, std::string_view mail) {
    const auto input = file_with(bytes_of(mail));
    const auto job = session.caller.start_inspect(input.get());
    REQUIRE(job.error == "");
    return session.caller.finished(job.body.at(0));
}

/// No method takes it, nobody is asked for a PIN, and the next good mail is verified.
void require_refused(Session& session, const std::string& mail, const std::string& error) {
    CHECK(inspect(session, mail).error == error_name(error));
    CHECK(session.caller.verify(bytes_of(mail)).error == error_name(error));
    CHECK(session.caller.decrypt(bytes_of(mail), interaction_allowed).error == error_name(error));
    CHECK(session.world.pinentry_count("GETPIN") == 0);
    const auto good = session.caller.verify(bytes_of(with_footer(signed_mail(session))));
    REQUIRE(good.error == "");
    CHECK(good.result().at("valid") == true);
}

}  // namespace

TEST_CASE("mail: StartInspect tells every part of a mail and needs no key") {
    Session session;

    const auto finished = inspect(session, with_footer(signed_mail(session)));

    REQUIRE(finished.error == "");
    const auto& parts = finished.result.at("parts");
    REQUIRE(parts.size() == 5);
    CHECK(parts.at(0).at("path") == "");
    CHECK(parts.at(0).at("media_type") == "multipart/mixed");
    CHECK(parts.at(0).at("kind") == "plain");
    CHECK(parts.at(1).at("path") == "1");
    CHECK(parts.at(1).at("kind") == "signed");
    CHECK(parts.at(3).at("file_name") == "smime.p7s");
    CHECK(parts.at(4).at("path") == "2");
    CHECK(parts.at(4).at("bytes") == std::string("Content-Type: text/plain\r\n\r\nfooter").size());
    CHECK_FALSE(parts.at(4).contains("covered"));
}

TEST_CASE("mail: what a verification does not cover is told, and a part that is not there is InvalidArgs") {
    Session session;
    const auto mail = with_footer(signed_mail(session));

    const auto reply = session.caller.verify(bytes_of(mail));
    CHECK(reply.result().at("valid") == true);
    CHECK(reply.result().at("parts").at(2).at("covered") == true);
    CHECK(reply.result().at("parts").at(4).at("covered") == false);

    const auto missing = session.caller.verify(bytes_of(mail), {{"part", std::string("7")}});
    CHECK(missing.error == invalid_args);
    CHECK_THAT(missing.message, ContainsSubstring("'7'"));
}

TEST_CASE("mail: an unterminated boundary is a BadMessage") {
    Session session;
    const auto mail = with_footer(signed_mail(session));
    require_refused(session, mail.substr(0, mail.find("\r\n--list--")), "BadMessage");
}

TEST_CASE("mail: a thousand nested parts are LimitExceeded") {
    Session session;
    std::string mail = "Content-Type: text/plain\r\n\r\nhello";
    for (int i = 0; i < 1000; ++i) mail = with_footer(mail, "b" + std::to_string(i) + "e");
    require_refused(session, mail, "LimitExceeded");
}

TEST_CASE("mail: a header of 10 MiB is LimitExceeded") {
    Session session;
    const auto mail = "Subject: " + std::string(10 << 20, 'x') + "\r\n" + with_footer(signed_mail(session));

    const auto input = file_with(bytes_of(mail));
    const auto job = session.caller.start_verify(input.get());

    CHECK(session.caller.finished(job.body.at(0)).error == error_name("LimitExceeded"));
    CHECK(inspect(session, mail).error == error_name("LimitExceeded"));
}

TEST_CASE("mail: two Content-Type headers are a BadMessage, of the mail and of a part") {
    Session session;
    const auto mail = with_footer(signed_mail(session));
    require_refused(session, "Content-Type: text/html\r\n" + mail, "BadMessage");
    require_refused(session, with_footer("Content-Type: text/html\r\n" + signed_mail(session)), "BadMessage");
}

TEST_CASE("mail: a boundary that is a prefix of another ends nothing of it") {
    Session session;
    const auto inner = with_footer(signed_mail(session), "listing");

    const auto reply = session.caller.verify(bytes_of(with_footer(inner, "list")));

    REQUIRE(reply.error == "");
    CHECK(reply.result().at("valid") == true);
    CHECK(reply.result().at("parts").size() == 7);
    require_refused(session, with_footer(with_footer(signed_mail(session)), "list"), "BadMessage");
}

TEST_CASE("mail: NUL bytes stay in bodies, and are a BadMessage in the fields that matter") {
    Session session;
    const std::string nul(1, '\0');
    auto mail = with_footer(signed_mail(session));
    const auto reply =
        session.caller.verify(bytes_of(mail.replace(mail.find("footer"), 6, "f" + nul + "\r\n--list" + nul)));
    REQUIRE(reply.error == "");
    CHECK(reply.result().at("parts").size() == 5);

    require_refused(session, with_footer("Content-Type: multipart/mixed" + nul + "; boundary=x\r\n\r\n--x--"),
                    "BadMessage");
}
