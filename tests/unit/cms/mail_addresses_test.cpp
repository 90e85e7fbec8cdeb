// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of reading From and Sender, and of comparing them with a certificate's addresses.
#include "cms/mail_addresses.hpp"

#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using ipc::AddressMatch;

namespace {

using Addresses = std::vector<std::string>;

std::optional<Addresses> parse(std::string_view text) { return parse_address_list(text); }

AddressMatch match(const std::string& of_certificate, const std::string& header) {
    return judge_addresses({of_certificate}, read_mail_authors(bytes_of(header))).match;
}

}  // namespace

TEST_CASE("addresses: RFC 5322 3.4: mailboxes with display names, comments, quotes and groups") {
    CHECK(parse("ada@example.org") == Addresses{"ada@example.org"});
    CHECK(parse(" <ada@example.org> ") == Addresses{"ada@example.org"});
    CHECK(parse("Ada Example <ada@example.org>") == Addresses{"ada@example.org"});
    CHECK(parse("John Q. Public <john@example.org>") == Addresses{"john@example.org"});
    CHECK(parse("\"Example, <eve@example.net>\" <ada@example.org>") == Addresses{"ada@example.org"});
    CHECK(parse("ada (of (the) \\) band) @ example.org (eve@example.net)") == Addresses{"ada@example.org"});
    CHECK(parse("=?utf-8?q?Zo=C3=AB?= <zoe@example.org>, bob@example.org") ==
          Addresses{"zoe@example.org", "bob@example.org"});
    CHECK(parse("The band: Ada <ada@example.org>, bob@example.org;") ==
          Addresses{"ada@example.org", "bob@example.org"});
    CHECK(parse("\"a b\"@example.org") == Addresses{"\"a b\"@example.org"});
    CHECK(parse("\"ada\"@example.org") == Addresses{"ada@example.org"});
    CHECK(parse("ada@[192.0.2.1]") == Addresses{"ada@[192.0.2.1]"});
    CHECK(parse("Zoë <zoë@bücher.example>") == Addresses{"zoë@bücher.example"});
}

TEST_CASE("addresses: what RFC 5322 does not generate is not read at all") {
    for (const auto* text : {"",
                             "ada",
                             "ada@",
                             "@example.org",
                             "ada@@example.org",
                             "ada@example..org",
                             ".ada@example.org",
                             "ada@example.org,",
                             "ada@example.org bob@example.org",
                             "ada@example.org <bob@example.org>",
                             "<ada@example.org> <bob@example.org>",
                             "<ada@example.org",
                             "\"ada@example.org",
                             "ada@example.org (",
                             "a b@example.org",
                             "ada@example.org;",
                             "band: ada@example.org",
                             "ada@[192.0.2.1",
                             "Eve <ada@example.org> x",
                             "ada@example.org\rbcc",
                             "\xff@example.org"})
        CHECK_FALSE(parse(text));
    CHECK_FALSE(parse(std::string_view("ada@example.org\0.net", 20)));

    std::string many = "a@b";
    for (size_t i = 1; i < most_author_addresses; ++i) many += ",a@b";
    CHECK(parse(many));
    CHECK_FALSE(parse(many + ",a@b"));
}

TEST_CASE("addresses: RFC 8550 3: an address of the certificate is From's or Sender's") {
    CHECK(match("ada@example.org", "To: bob@example.org\r\nFrom: Ada\r\n <ada@example.org>\r\n\r\n") ==
          AddressMatch::Match);
    CHECK(match("ada@example.org", "from : ada@example.org\n\n") == AddressMatch::Match);
    CHECK(match("ada@example.org", "From: eve@example.net\r\n\r\nFrom: ada@example.org\r\n") == AddressMatch::Mismatch);
    CHECK(match("ada@example.org", "X-From: ada@example.org\r\n\r\n") == AddressMatch::Unchecked);
    CHECK(match("ada@example.org", "Content-Type: text/plain\r\n\r\n") == AddressMatch::Unchecked);

    const auto sent =
        judge_addresses({"ada@example.org"}, read_mail_authors(bytes_of("From: bob@example.org\r\nSender: Ada "
                                                                        "<ada@example.org>\r\n\r\n")));
    CHECK(sent.match == AddressMatch::Match);
    CHECK(sent.reason == "the signer is the mail's Sender, not its author: From is bob@example.org");
}

TEST_CASE("addresses: row 53, RFC 8550 3: a mismatch names both sides") {
    const auto judged =
        judge_addresses({"ada@example.org"}, read_mail_authors(bytes_of("From: Ada <eve@example.net>\r\n\r\n")));

    CHECK(judged.match == AddressMatch::Mismatch);
    CHECK(judged.reason == "the certificate is for ada@example.org, but the mail is from eve@example.net");
}

TEST_CASE("addresses: row 54, RFC 8550 3: domain and local part are compared without case") {
    CHECK(match("Ada@Example.ORG", "From: aDA@exAMPLE.org\r\n\r\n") == AddressMatch::Match);
    CHECK(match("É@example.org", "From: é@example.org\r\n\r\n") == AddressMatch::Mismatch);
}

TEST_CASE("addresses: row 55, RFC 9598: the whole address counts, never a beginning or an end") {
    const std::string local(300, 'x');
    CHECK(match(local + "@example.org", "From: " + local + "@example.org\r\n\r\n") == AddressMatch::Match);
    CHECK(match(local + "@example.org", "From: " + local + "x@example.org\r\n\r\n") == AddressMatch::Mismatch);
    CHECK(match("ada@example.org", "From: ada@example.org.net\r\n\r\n") == AddressMatch::Mismatch);
    CHECK(match("ada@example.org", "From: lada@example.org\r\n\r\n") == AddressMatch::Mismatch);
    CHECK(match("é@example.org", "From: é@example.org\r\n\r\n") == AddressMatch::Match);
    CHECK(match("ada@xn--bcher-kva.example", "From: ada@bücher.example\r\n\r\n") == AddressMatch::Mismatch);
}

TEST_CASE("addresses: two From fields, or one that cannot be read with certainty, match nobody") {
    CHECK(match("ada@example.org", "From: ada@example.org\r\nFrom: eve@example.net\r\n\r\n") == AddressMatch::Mismatch);
    CHECK(match("ada@example.org", "From: ada@example.org\r\nfrom: ada@example.org\r\n\r\n") == AddressMatch::Mismatch);
    CHECK(match("ada@example.org", "From: ada@example.org <eve@example.net>\r\n\r\n") == AddressMatch::Mismatch);
    CHECK(match("ada@example.org", "From: ada@example.org\r\nSender: nobody\r\n\r\n") == AddressMatch::Mismatch);
    CHECK(match("ada@example.org", "From:\r\n\r\n") == AddressMatch::Mismatch);
}

TEST_CASE("addresses: a certificate without an address, and a message without authors, are unchecked") {
    CHECK(judge_addresses({}, authors_named({"ada@example.org"})).match == AddressMatch::Unchecked);
    CHECK(judge_addresses({"ada@example.org"}, std::nullopt).match == AddressMatch::Unchecked);
}

TEST_CASE("addresses: a caller names addresses or whole fields") {
    CHECK(judge_addresses({"ada@example.org"}, authors_named({"bob@example.org", "Ada <ada@example.org>"})).match ==
          AddressMatch::Match);
    CHECK(judge_addresses({"ada@example.org"}, authors_named({"ada@example.org", "ada"})).match ==
          AddressMatch::Mismatch);
}
