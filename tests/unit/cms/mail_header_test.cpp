// SPDX-License-Identifier: LGPL-2.1-or-later
// Dividing a mail's header: exact bytes outside and inside, and header protection (RFC 9788).
#include "cms/mail_header.hpp"
#include "base/error.hpp"
#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using ipc::HeaderProtection;

namespace {

EntityStart divide(std::string_view mail, HeaderProtection protection = HeaderProtection::None) {
    return divide_mail_header(bytes_of(mail), protection);
}

ErrorCode refusal_of(std::string_view mail, HeaderProtection protection = HeaderProtection::None) {
    try {
        (void)divide(mail, protection);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

const std::string mail =
    "Received: by x;\r\n\tnow\r\n"
    "MIME-Version: 1.0 (made by hand)\r\n"
    "From:  Alice <alice@example.org>\r\n"
    "CONTENT-TYPE: text/plain;\r\n charset=utf-8 (a comment)\r\n"
    "Bcc: eve@example.org\r\n"
    "Subject: a secret\r\n plan\r\n"
    "Keywords: plan\r\n"
    "Content-Transfer-Encoding:8bit\r\n"
    "To: bob@example.org\r\n"
    "\r\n"
    "body\r\n";

}  // namespace

TEST_CASE("mail header: RFC 8551 3.1: Content-* goes inside, all else stays outside, in order and byte for byte") {
    const auto start = divide(mail);

    CHECK(start.outer ==
          "Received: by x;\r\n\tnow\r\n"
          "MIME-Version: 1.0 (made by hand)\r\n"
          "From:  Alice <alice@example.org>\r\n"
          "Bcc: eve@example.org\r\n"
          "Subject: a secret\r\n plan\r\n"
          "Keywords: plan\r\n"
          "To: bob@example.org\r\n");
    CHECK(start.header ==
          "CONTENT-TYPE: text/plain;\r\n charset=utf-8 (a comment)\r\n"
          "Content-Transfer-Encoding:8bit\r\n"
          "\r\n");
    CHECK(mail.substr(start.mime.size) == "body\r\n");
}

TEST_CASE("mail header: line ends become CR LF, and the line of a mailbox file goes") {
    const auto start =
        divide("From a@b Mon Jan  1 00:00:00 2024\nFrom: a\r\nSubject: b\n c\nContent-Type: text/html\n\nx");

    CHECK(start.outer == "From: a\r\nSubject: b\r\n c\r\nMIME-Version: 1.0\r\n");
    CHECK(start.header == "Content-Type: text/html\r\n\r\n");
}

TEST_CASE("mail header: RFC 2045 5.2: a mail without a type becomes text/plain, us-ascii unless its body is not") {
    CHECK(divide("From: a\n\nhello").header == "Content-Type: text/plain; charset=us-ascii\r\n\r\n");
    CHECK(divide("From: a\n\ngr\xfc\xdf").header == "Content-Type: text/plain\r\n\r\n");
}

TEST_CASE("mail header: MIME-Version stands outside exactly once, and two From fields are both kept") {
    const auto start = divide("From: a\nMIME-Version: 1.0\nFrom: b\nMIME-Version: 1.0\n\n");

    CHECK(start.outer == "From: a\r\nMIME-Version: 1.0\r\nFrom: b\r\n");
}

TEST_CASE("mail header: RFC 9788 2.1.1: signed headers stand inside too, and hp says clear") {
    const auto start = divide(mail, HeaderProtection::Clear);

    CHECK(start.outer == divide(mail).outer);
    CHECK(start.header ==
          "Received: by x;\r\n\tnow\r\n"
          "From:  Alice <alice@example.org>\r\n"
          "Subject: a secret\r\n plan\r\n"
          "Keywords: plan\r\n"
          "To: bob@example.org\r\n"
          "CONTENT-TYPE: text/plain;\r\n charset=utf-8 (a comment);\r\n hp=\"clear\"\r\n"
          "Content-Transfer-Encoding:8bit\r\n"
          "\r\n");
}

TEST_CASE(
    "mail header: RFC 9788 2.2, 3.2.1: encrypted headers are hidden outside, and HP-Outer tells inside what is there") {
    const auto start = divide(mail, HeaderProtection::Cipher);

    CHECK(start.outer ==
          "Received: by x;\r\n\tnow\r\n"
          "MIME-Version: 1.0 (made by hand)\r\n"
          "From:  Alice <alice@example.org>\r\n"
          "Bcc: eve@example.org\r\n"
          "Subject: [...]\r\n"
          "To: bob@example.org\r\n");
    CHECK(start.header ==
          "Received: by x;\r\n\tnow\r\n"
          "From:  Alice <alice@example.org>\r\n"
          "Subject: a secret\r\n plan\r\n"
          "Keywords: plan\r\n"
          "To: bob@example.org\r\n"
          "HP-Outer: Received: by x;\r\n\tnow\r\n"
          "HP-Outer: From:  Alice <alice@example.org>\r\n"
          "HP-Outer: Subject: [...]\r\n"
          "HP-Outer: To: bob@example.org\r\n"
          "CONTENT-TYPE: text/plain;\r\n charset=utf-8 (a comment);\r\n hp=\"cipher\"\r\n"
          "Content-Transfer-Encoding:8bit\r\n"
          "\r\n");
}

TEST_CASE("mail header: RFC 9788: a type that ends in a semicolon, or that nobody gave, gets the parameter as well") {
    CHECK(divide("From: a\nContent-Type: text/html ; \n\n", HeaderProtection::Clear).header ==
          "From: a\r\nContent-Type: text/html;\r\n hp=\"clear\"\r\n\r\n");
    CHECK(divide("From: a\n\n", HeaderProtection::Clear).header ==
          "From: a\r\nContent-Type: text/plain; charset=us-ascii;\r\n hp=\"clear\"\r\n\r\n");
}

TEST_CASE("mail header: a blind copy is never told inside, nor a HP-Outer of somebody else's") {
    const auto start = divide("Bcc: eve\nResent-Bcc: eve\nHP-Outer: Subject: x\nTo: a\n\n", HeaderProtection::Cipher);

    CHECK(start.header.find("eve") == std::string::npos);
    CHECK(start.header.starts_with("To: a\r\nHP-Outer: To: a\r\nContent-Type"));
}

TEST_CASE("mail header: what is no mail, is cut, or hides line ends or NUL bytes is a BadMessage") {
    REQUIRE(refusal_of("From: a\n\n") == ErrorCode::None);

    for (const std::string& text :
         {std::string(), std::string("hello\n"), std::string("\r\nhello"), std::string("From: a"),
          std::string("From: a\r\nTo: b\r\n"), std::string("Content-Type: text/plain\r\n\r\nhello"),
          std::string("From: a\rBcc: b\r\n\r\n"), std::string("From: a\r\r\n\r\n"),
          std::string("From: a\0\r\n\r\n", 12),
          std::string("From: a\nContent-Type: text/plain\nContent-type: text/html\n\n")}) {
        CAPTURE(text);
        CHECK(refusal_of(text) == ErrorCode::BadMessage);
    }
}

TEST_CASE("mail header: one that is protected already is not protected again") {
    const std::string twice = "From: a\nContent-Type: text/plain; hp=clear\n\n";
    REQUIRE(refusal_of(twice) == ErrorCode::None);

    CHECK(refusal_of(twice, HeaderProtection::Clear) == ErrorCode::BadMessage);
}

TEST_CASE("mail header: a field of 100 KiB passes, a header of 10 MiB is LimitExceeded") {
    const auto field = "X: " + std::string(100 * 1024, 'x') + "\r\n";
    CHECK((divide(field + "\r\n").outer == field + "MIME-Version: 1.0\r\n"));
    CHECK(refusal_of("X: " + std::string(10 << 20, 'x') + "\r\n\r\n") == ErrorCode::LimitExceeded);
}

TEST_CASE("mail header: another transfer encoding takes the place of the one that was there") {
    CHECK(with_transfer_encoding("A: b\r\ncontent-transfer-encoding:\r\n 8bit\r\nC: d\r\n\r\n", "base64") ==
          "A: b\r\nC: d\r\nContent-Transfer-Encoding: base64\r\n\r\n");
}
