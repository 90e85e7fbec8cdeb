// SPDX-License-Identifier: LGPL-2.1-or-later
// The walk over a mail: which parts there are and exactly where, and mails that leave it open.
#include "cms/mime.hpp"

#include "base/error.hpp"
#include "catch.hpp"
#include "cms/header_fields.hpp"
#include "ipc/job_messages.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

std::vector<MailPart> walk(std::string_view mail) { return walk_mail(MemorySource(to_bytes(bytes_of(mail)))); }

ErrorCode refusal_of(std::string_view mail) {
    try {
        (void)walk(mail);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

std::string text_of_part(const std::string& mail, const MailPart& part) { return mail.substr(part.offset, part.size); }

/// "path media/type" of each part.
std::vector<std::string> outline(std::string_view mail) {
    std::vector<std::string> lines;
    for (const auto& part : walk(mail)) lines.push_back(part.path + " " + part.header.media_type);
    return lines;
}

std::string multipart(const std::string& subtype, const std::string& boundary, const std::vector<std::string>& parts) {
    std::string text = "Content-Type: multipart/" + subtype + "; boundary=\"" + boundary + "\"\r\n\r\npreamble";
    for (const auto& part : parts) text += "\r\n--" + boundary + "\r\n" + part;
    return text + "\r\n--" + boundary + "--\r\nepilogue";
}

MimeHeader header_of(const std::string& fields) { return parse_mime_header(bytes_of(fields + "\r\n\r\n")); }

std::string nested(size_t depth) {
    std::string part = "Content-Type: text/plain\r\n\r\nx";
    while (depth-- > 0) part = multipart("mixed", "b" + std::to_string(depth) + "e", {part});
    return part;
}

}  // namespace

TEST_CASE("mail: every part is found with its exact bytes, whatever its line ends") {
    const std::string first = "Content-Type: text/plain\n\nmixed\r\nline\nends\r", second = "\r\nno header";
    const auto inner = multipart("alternative", "inner", {first, second});
    const auto mail = multipart("mixed", "outer", {inner, "Content-Type: image/png\r\n\r\n\r\n"});

    const auto parts = walk(mail);

    REQUIRE(parts.size() == 5);
    CHECK(text_of_part(mail, parts[0]) == mail);
    CHECK(text_of_part(mail, parts[1]) == inner);
    CHECK(text_of_part(mail, parts[2]) == first);
    CHECK(text_of_part(mail, parts[3]) == second);
    CHECK(mail.substr(parts[3].body(), parts[3].body_size()) == "no header");
    CHECK(text_of_part(mail, parts[4]) == "Content-Type: image/png\r\n\r\n\r\n");
    CHECK(outline(mail) == std::vector<std::string>{" multipart/mixed", "1 multipart/alternative", "1.1 text/plain",
                                                    "1.2 text/plain", "2 image/png"});
}

TEST_CASE("mail: the mail in a message/rfc822 is that part's first, and belongs to an attached mail") {
    const auto attached = "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + multipart("mixed", "in", {"\r\na"});
    const auto mail = multipart("mixed", "out", {attached, "\r\nb"});

    const auto parts = walk(mail);

    REQUIRE(parts.size() == 5);
    CHECK(parts[1].path == "1");
    CHECK_FALSE(parts[1].of_attached_mail);
    CHECK(parts[2].path == "1.1");
    CHECK(parts[2].of_attached_mail);
    CHECK(text_of_part(mail, parts[2]) == attached.substr(attached.find("Subject")));
    CHECK(parts[3].path == "1.1.1");
    CHECK(parts[3].of_attached_mail);
    CHECK(parts[4].path == "2");
    CHECK_FALSE(parts[4].of_attached_mail);
}

TEST_CASE("mail: an encoded message/rfc822 or multipart has no parts to us") {
    CHECK(
        walk("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeAo=\r\n").size() ==
        1);
    auto mail = multipart("mixed", "b", {"\r\na"});
    mail.insert(0, "Content-Transfer-Encoding: quoted-printable\r\n");
    CHECK(walk(mail).size() == 1);
}

TEST_CASE("mail: a boundary that is a prefix of another is told from it, at either level") {
    for (const auto& [outer, inner] : {std::pair("b", "bx"), std::pair("bx", "b"), std::pair("b", "b x"),
                                       std::pair("b-", "b"), std::pair("b", "b-")}) {
        const auto content = multipart("mixed", inner, {"\r\none", "\r\ntwo"});
        const auto mail = multipart("mixed", outer, {content, "\r\nthree"});
        CAPTURE(mail);

        const auto parts = walk(mail);

        REQUIRE(parts.size() == 5);
        CHECK(text_of_part(mail, parts[1]) == content);
        CHECK(text_of_part(mail, parts[3]) == "\r\ntwo");
        CHECK(text_of_part(mail, parts[4]) == "\r\nthree");
    }
}

TEST_CASE("mail: nested multiparts with one boundary, or with two that share a line, are a BadMessage") {
    for (const auto& [outer, inner] : {std::pair("b", "b"), std::pair("b", "b--"), std::pair("b--", "b")})
        CHECK(refusal_of(multipart("mixed", outer, {multipart("mixed", inner, {"\r\na"})})) == ErrorCode::BadMessage);
    CHECK(
        refusal_of(multipart("mixed", "b", {multipart("mixed", "c", {"\r\na"}), multipart("mixed", "c", {"\r\na"})})) ==
        ErrorCode::None);
}

TEST_CASE(
    "mail: a mail without its last boundary is a BadMessage; a part of it without one ends with the part around it") {
    const auto inner = multipart("mixed", "in", {"\r\na"});
    const auto cut_inner = inner.substr(0, inner.find("\r\n--in--"));
    const auto mail = multipart("mixed", "out", {inner, "\r\nb"});
    REQUIRE(refusal_of(mail) == ErrorCode::None);

    const auto with_cut_part = multipart("mixed", "out", {cut_inner, "\r\nb"});
    CHECK(outline(with_cut_part) == outline(mail));
    CHECK_FALSE(walk(with_cut_part)[1].closed);
    for (size_t size = 0; size < mail.size() - std::string("--\r\nepilogue").size(); ++size)
        CHECK(refusal_of(mail.substr(0, size)) == ErrorCode::BadMessage);
}

TEST_CASE("mail: a thousand parts are walked, a thousand in one another or one more are LimitExceeded") {
    CHECK(walk(multipart("mixed", "b", std::vector<std::string>(999, "\r\nx"))).size() == 1000);
    CHECK(refusal_of(multipart("mixed", "b", std::vector<std::string>(1000, "\r\nx"))) == ErrorCode::LimitExceeded);
    CHECK(walk(nested(max_mime_depth)).size() == max_mime_depth + 1);
    CHECK(refusal_of(nested(max_mime_depth + 1)) == ErrorCode::LimitExceeded);
    CHECK(refusal_of(nested(1000)) == ErrorCode::LimitExceeded);
    std::string mails;
    for (int i = 0; i < 1000; ++i) mails += "Content-Type: message/rfc822\r\n\r\n";
    CHECK(refusal_of(mails + "\r\nx") == ErrorCode::LimitExceeded);
}

TEST_CASE("mail: a header of 10 MiB is LimitExceeded, in one line or in many, of the mail or of a part") {
    const std::string line = "Subject: " + std::string(10 << 20, 'x') + "\r\n";
    std::string lines;
    while (lines.size() < 10 << 20) lines += "X-Field: " + std::string(900, 'y') + "\r\n";
    for (const auto& header : {line, lines}) {
        CHECK(refusal_of(header + "\r\nx") == ErrorCode::LimitExceeded);
        CHECK(refusal_of(multipart("mixed", "b", {header + "\r\nx"})) == ErrorCode::LimitExceeded);
    }
    CHECK(refusal_of("Subject: " + std::string(largest_header - 100, 'x') + "\r\n\r\nx") == ErrorCode::None);
}

TEST_CASE("mail: two Content-Type headers are a BadMessage, in a part too") {
    for (const std::string field : {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}) {
        const auto twice = field + ": a\r\n" + field + ": b\r\n\r\nx";
        CHECK(refusal_of(field + ": a\r\n\r\nx") == ErrorCode::None);
        CHECK(refusal_of(twice) == ErrorCode::BadMessage);
        CHECK(refusal_of(multipart("mixed", "b", {twice})) == ErrorCode::BadMessage);
    }
    CHECK(refusal_of("Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\nx\r\n--a--") ==
          ErrorCode::BadMessage);
    CHECK(refusal_of("Content-Type: multipart/mixed; boundary=a; boundary*0=b\r\n\r\n--a\r\n\r\nx\r\n--a--") ==
          ErrorCode::BadMessage);
}

TEST_CASE("mail: NUL bytes in bodies stay, in fields that matter they are a BadMessage, and they end no boundary") {
    const std::string body = "\r\na" + std::string(1, '\0') + "b\r\n--b" + std::string(1, '\0') + "\r\nc";
    const auto mail = multipart("mixed", "b", {body});
    REQUIRE(walk(mail).size() == 2);
    CHECK(text_of_part(mail, walk(mail)[1]) == body);

    const std::string nul(1, '\0');
    CHECK(refusal_of("Content-Type: text/plain" + nul + "; x=y\r\n\r\nx") == ErrorCode::BadMessage);
    CHECK(refusal_of(multipart("mixed", "b", {"Content-Type: text/plain" + nul + "\r\n\r\nx"})) ==
          ErrorCode::BadMessage);
    CHECK(refusal_of("Content-Type: text/plain\rContent-Type: text/html\r\n\r\nx") == ErrorCode::BadMessage);
    CHECK(refusal_of("Subject: a" + nul + "\r\n\r\nx") == ErrorCode::None);
}

TEST_CASE("mail: a part whose header is malformed is one opaque part") {
    const auto mail =
        multipart("mixed", "b", {"no field\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx"});

    CHECK(outline(mail) == std::vector<std::string>{" multipart/mixed", "1 application/octet-stream"});
    CHECK(walk(mail)[1].header.size == 0);
}

TEST_CASE("mail: a part without a body ends in its header, and one of no bytes at all is there") {
    const std::string mail =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n--b\r\n--b--\r\n";

    const auto parts = walk(mail);

    REQUIRE(parts.size() == 3);
    CHECK(text_of_part(mail, parts[1]) == "Content-Type: text/html");
    CHECK(parts[1].header.media_type == "text/html");
    CHECK(parts[1].body_size() == 0);
    CHECK(parts[2].size == 0);
}

TEST_CASE("mail: delimiters are found at any edge of the window") {
    for (size_t size = 65536 - 300; size < 65536 + 20; ++size) {
        const std::string body = "\r\n" + std::string(size, 'x');
        const auto mail = multipart("mixed", "boundary", {body, "\r\ny"});
        const auto parts = walk(mail);
        REQUIRE(parts.size() == 3);
        REQUIRE(parts[1].size == body.size());
        REQUIRE(text_of_part(mail, parts[2]) == "\r\ny");
    }
}

TEST_CASE("mail: parameters are read folded, quoted, with comments, and in the forms of RFC 2231") {
    const auto name = [](const std::string& parameters) {
        return header_of("Content-Type: application/octet-stream" + parameters).file_name;
    };
    CHECK(name("; name=smime.p7m") == "smime.p7m");
    CHECK(name(";\r\n\tname = \"a;b\\\"c (d).p7m\" (comment; name=x)") == "a;b\"c (d).p7m");
    CHECK(name("; name=a b.p7m ") == "a b.p7m");
    CHECK(name("; name*=utf-8''sm%C3%A9me.p7m") == "sm\u00e9me.p7m");
    CHECK(name("; name*=ISO-8859-1'de'sm%E9me.p7m") == "sm\u00e9me.p7m");
    CHECK(name("; name*=koi8-r''%c1.p7m") == "?.p7m");
    CHECK(name("; name*=utf-8''%ff%4.p7m") == "?%4.p7m");
    CHECK(name("; name*0=smi; name*1=me.p7; name*2=m") == "smime.p7m");
    CHECK(name("; name*1*=%C3%A9.; name*0*=utf-8'en'sm%20; name*2=\"p7%6D\"") == "sm \u00e9.p7%6D");
    CHECK(name("; name=plain.txt; name*=utf-8''smime.p7m") == "smime.p7m");
    CHECK(name("; name*0=a; name*2=b") == "a");
    CHECK(header_of("Content-Disposition: attachment; filename*0=\"smime\"; filename*1=.p7s").file_name == "smime.p7s");
    CHECK(header_of("Content-Type: multipart/mixed; boundary*0=\"a b\"; boundary*1*=%20c").boundary == "a b c");
    CHECK(header_of("Content-Type: multipart/mixed; boundary=\" a \"").boundary == " a ");
    CHECK(header_of("Content-Type: Application (x) / PKCS7-Mime ; smime-type=Signed-Data").media_type ==
          "application/pkcs7-mime");
    CHECK(header_of("Content-Type:").media_type == "text/plain");
}

TEST_CASE("mail: a header field with ten thousand parameters is LimitExceeded") {
    std::string mail = "Content-Type: text/plain";
    for (int i = 0; i < 10'000; ++i) mail += "; a*" + std::to_string(i) + "=x";
    CHECK(refusal_of(mail + "\r\n\r\nx") == ErrorCode::LimitExceeded);
}
