// SPDX-License-Identifier: LGPL-2.1-or-later
// Addresses and fields in the header of a mail.
#include "command/mail_header.hpp"

#include "cardseal.hpp"
#include "catch.hpp"

using namespace cardseal::client;
using Addresses = std::vector<std::string>;

TEST_CASE("mail header: addresses are found in every form of RFC 5322") {
    CHECK(addresses_of("a@b") == Addresses{"a@b"});
    CHECK(addresses_of("Alice <a@b>, \"B, ob\" <c@d> (who?), e@f (a (nested \\) one))") ==
          Addresses{"a@b", "c@d", "e@f"});
    CHECK(addresses_of("friends: a@b, Carl <c@d>; e@f") == Addresses{"a@b", "c@d", "e@f"});
    CHECK(addresses_of("undisclosed-recipients:;").empty());
    CHECK(addresses_of("root (Cron Daemon)") == Addresses{"root"});
    CHECK(addresses_of("\"x, y\"@example.org") == Addresses{"\"x, y\"@example.org"});
    CHECK(addresses_of("a@[IPv6:2001:db8::1], <@relay.example:a@b>") == Addresses{"a@[IPv6:2001:db8::1]", "a@b"});
    CHECK(addresses_of("").empty());
}

TEST_CASE("mail header: what does not end is refused") {
    for (const auto* list : {"\"a@b", "\"a\\", "(a", "(a\\)", "<a@b", "a@[b", "x <a@b, c@d"})
        CHECK_THROWS_AS(addresses_of(list), Error);
}

TEST_CASE("mail header: fields are found in any case, folded, and nowhere in the body") {
    const std::string mail = "TO: a@b,\n c@d\nto : e@f\nX-To: x@y\n\nTo: body@example.org\n";
    const MailHeader header(mail);

    CHECK(header.addresses("to") == Addresses{"a@b", "c@d", "e@f"});
    CHECK(header.message_without({"to"}) == "X-To: x@y\n\nTo: body@example.org\n");
    CHECK(header.message_without({}) == mail);
    CHECK(MailHeader("Bcc: a@b\r\n\tc@d\r\nSubject: x\r\n\r\nbody").message_without({"bcc"}) ==
          "Subject: x\r\n\r\nbody");
    CHECK(MailHeader("To: no end").addresses("to") == Addresses{"noend"});
    CHECK_FALSE(MailHeader("").has("to"));
}

TEST_CASE("mail header: of a name only the last field stays where that is wanted") {
    const std::string mail = "Content-ID: 1\nFrom: a@b\ncontent-id: 2\nFrom: c@d\n\nContent-ID: 3\n";

    CHECK(MailHeader(mail).message_with_last_of({"content-id"}) ==
          "From: a@b\ncontent-id: 2\nFrom: c@d\n\nContent-ID: 3\n");
    CHECK(MailHeader(mail).message_with_last_of({}) == mail);
}
