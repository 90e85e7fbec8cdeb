// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the header fields that a content brings with it.
#include "cms/protected_headers.hpp"
#include "catch.hpp"
#include "cms/header_fields.hpp"
#include "cms/mail_header.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

ProtectedHeaders read(std::string_view content) { return read_protected_headers(bytes_of(content)); }

/// "name=value|name=value|"
std::string text(const std::vector<ipc::HeaderText>& fields) {
    std::string all;
    for (const auto& field : fields) all += field.name + "=" + field.value + "|";
    return all;
}

}  // namespace

TEST_CASE("protected headers: RFC 9788 2.1.1: a root with hp tells its fields, unfolded, but for structural ones") {
    for (const std::string hp : {"hp=clear", "HP=\"Cipher\"", "charset=utf-8; hp=\"clear\"; x=y"}) {
        const auto headers = read(
            "From: a\r\nMIME-Version: 1.0\r\nsubject: b\r\n c\r\nHP-Outer: Subject: [...]\r\n"
            "Content-Description: d\r\nContent-Type: text/plain; " +
            hp + "\r\n\r\nTo: no field\r\n");
        CHECK(text(headers.fields) == "From=a|subject=b c|HP-Outer=Subject: [...]|");
        CHECK(headers.declared);
    }
}

TEST_CASE("protected headers: RFC 9788: without hp, or with another value, or with two types, nothing is told") {
    for (const std::string type : {"text/plain", "text/plain; hp=other", "text/plain; hp", "text/plain (hp=clear)",
                                   "text/plain; x=\"hp=clear\"", "text/plain; hp=clear\r\nContent-Type: text/html"})
        CHECK(read("From: a\r\nContent-Type: " + type + "\r\n\r\nb").fields.empty());
    CHECK(read("").fields.empty());
    CHECK(read("From: a").fields.empty());
    CHECK(read(std::string_view("\0\xff\n\n", 4)).fields.empty());
}

TEST_CASE("protected headers: RFC 8551 3.1: a mail that is all of the content tells its fields, undeclared") {
    const std::string mail = "From: a\r\nContent-Type: text/plain\r\nSubject: b\r\n\r\nc";
    const auto headers = read("Content-Type: message/rfc822\r\n\r\n" + mail);
    CHECK(text(headers.fields) == "From=a|Subject=b|");
    CHECK(!headers.declared);

    CHECK(read("Subject: x\r\nContent-Type: message/rfc822\r\n\r\n" + mail).fields.empty());
    CHECK(read("Content-Type: message/rfc822\r\n\r\nSubject: b\r\n\r\nc").fields.empty());
    CHECK(read("Content-Type: message/rfc822\r\n\r\nFrom: a\r\nContent-Type: application/pkcs7-mime\r\n\r\nc")
              .fields.empty());
    CHECK(read("Content-Type: message/rfc822\r\n\r\nFrom: a").fields.empty());
}

TEST_CASE("protected headers: what is protected when a mail is written is what is told when it is read") {
    const auto start =
        divide_mail_header(bytes_of("From: a\nTo: b,\n c\nBcc: d\nSubject: e\nContent-Type: text/plain\n\n"),
                           ipc::HeaderProtection::Cipher);

    CHECK(text(read(start.header).fields) ==
          "From=a|To=b, c|Subject=e|HP-Outer=From: a|HP-Outer=To: b, c|HP-Outer=Subject: [...]|");
}

TEST_CASE("protected headers: 256 fields and 32 KiB are told at most, in their order, and never a part of one") {
    CHECK(reported(std::vector<ipc::HeaderText>(300, {"a", "b"})).size() == ipc::max_headers);
    const auto some = reported({{"a", std::string(20'000, 'x')}, {"b", std::string(20'000, 'x')}, {"c", "d"}});
    REQUIRE(some.size() == 1);
    CHECK(some[0].value.size() == 20'000);
}

TEST_CASE("protected headers: the beginning of a content is kept, and all of it passed on") {
    MemorySink out;
    ContentStart start(out);
    const Bytes piece(100'000, 'x');
    for (int i = 0; i < 4; ++i) start.write(piece);

    CHECK(out.bytes().size() == 400'000);
    CHECK(start.bytes().size() == largest_header);
}
