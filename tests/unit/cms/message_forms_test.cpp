// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening messages: S/MIME entities as real programs write them, and what a multipart/signed signed.
#include <algorithm>

#include "catch.hpp"
#include "cms/base64.hpp"
#include "cms/message_input.hpp"
#include "cms/message_output.hpp"
#include "cms/mime.hpp"
#include "job_harness.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

/// DER enough for opening: the BER walk is not part of it.
const Bytes der{0x30, 0x0c, 'b', 'i', 'n', 'a', 'r', 'y', 0x00, 0x0d, 0x0a, 0xff, '=', ' '};

std::string base64_of(ByteView bytes) {
    MemorySink out;
    Base64Encoder encoder(out, 57, "\r\n");
    encoder.write(bytes);
    encoder.finish();
    return std::string(text_of(out.bytes()));
}

std::string quoted_printable_of(ByteView bytes) {
    std::string text;
    for (auto byte : bytes)
        text += byte >= 'a' && byte <= 'z' ? std::string(1, static_cast<char>(byte)) : "=" + hex({&byte, 1});
    return text;
}

std::string with_lf(std::string text) {
    std::erase(text, '\r');
    return text;
}

/// A link to a broker that would answer nothing: small messages ask for nothing.
class SilentBroker {
public:
    JobLink link() { return {channel_, JobId{1}}; }

private:
    SocketPair sockets_ = make_packet_sockets();
    ipc::Channel channel_{std::move(sockets_.ours)};
};

OpenedMessage open(std::string_view text) {
    SilentBroker broker;
    auto link = broker.link();
    return open_message(file_with(bytes_of(text)),
                        {ipc::InputForm::Auto, ipc::InputOrigin::Foreign, {}, ipc::PartKind::Signed}, link);
}

Bytes bytes_in(const Source& source) {
    Bytes bytes(source.size());
    source.read(0, bytes);
    return bytes;
}

std::string text_in(const Source& source) { return std::string(text_of(bytes_in(source))); }

ErrorCode refusal_of(std::string_view text) {
    try {
        (void)open(text);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

std::string multipart(const std::string& content, const std::string& boundary_parameter = "boundary=\"b 1\"",
                      const std::string& boundary = "b 1") {
    return "From: a@example.org\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n\tmicalg=sha-256; " +
           boundary_parameter + "\r\n\r\npreamble\r\n--" + boundary + "\r\n" + content + "\r\n--" + boundary +
           "\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           base64_of(der) + "\r\n--" + boundary + "--\r\nepilogue\r\n";
}

}  // namespace

TEST_CASE("forms: application/pkcs7-mime is found however its header and body are written") {
    const auto body = base64_of(der);
    for (const std::string& mail :
         {"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: "
          "base64\r\n\r\n" +
              body,
          "content-type: APPLICATION/X-PKCS7-MIME\r\ncontent-transfer-encoding: BASE64\r\n\r\n" + body,
          "From: a\r\nTo: b\r\nSubject: c:d\r\nContent-Type:\r\n application/pkcs7-mime\r\n"
          "\t; name=\"a;b\\\"c.p7m\"\r\nContent-Transfer-Encoding:\r\n base64 (a comment)\r\n\r\n" +
              body,
          "From a@b Mon Jan  1 00:00:00 2024\r\nContent-Type: application/pkcs7-mime\r\n"
          "Content-Transfer-Encoding: base64\r\n\r\n" +
              body,
          "Content-Type: application/octet-stream; name=\"Smime.P7M\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
              body,
          "Content-Disposition: attachment; filename=smime.p7m\r\nContent-Type: application/octet-stream\r\n"
          "Content-Transfer-Encoding: base64\r\n\r\n" +
              body,
          "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
              quoted_printable_of(der) + "=\r\n"}) {
        CAPTURE(mail);
        CHECK(bytes_in(*open(mail).message) == der);
        CHECK(bytes_in(*open(with_lf(mail)).message) == der);
        CHECK(open(mail).content == nullptr);
        CHECK(open(mail).bytes_in == mail.size());
    }
}

TEST_CASE("forms: a binary body is exact, and the line break that transport adds is no part of it") {
    const std::string header = "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n";
    const std::string body(text_of(der));
    const std::string indefinite("0\x80\x04\x01\x0a\0\0", 7);
    for (const std::string end : {"", "\r\n", "\n"}) {
        CHECK(bytes_in(*open(header + body + end).message) == der);
        CHECK(text_in(*open(header + indefinite + end).message) == indefinite);
    }
    CHECK(text_in(*open(header + body + "\r\n\r\n").message) == body + "\r\n\r\n");
    const Bytes ends_in_break{0x30, 0x02, '\r', '\n'};
    CHECK(bytes_in(*open(header + std::string(text_of(ends_in_break))).message) == ends_in_break);
}

TEST_CASE("forms: PEM labels of CMS messages are known, others are a BadMessage") {
    for (const std::string label : {"CMS", "PKCS7", "PKCS #7 SIGNED DATA", "SIGNED MESSAGE", "ENCRYPTED MESSAGE"}) {
        const auto pem = "-----BEGIN " + label + "-----\r\n" + base64_of(der) + "-----END " + label + "-----\r\n";
        CHECK(bytes_in(*open(pem).message) == der);
        CHECK(bytes_in(*open("\n" + with_lf(pem) + "\n\n").message) == der);
        CHECK(refusal_of(pem + "more") == ErrorCode::BadMessage);
    }
    CHECK(refusal_of("-----BEGIN CERTIFICATE-----\n" + base64_of(der) + "-----END CERTIFICATE-----\n") ==
          ErrorCode::BadMessage);
    CHECK(refusal_of("-----BEGIN CMS-----\n" + base64_of(der) + "-----END PKCS7-----\n") == ErrorCode::BadMessage);
}

TEST_CASE("forms: base64 with anything else in it, or cut, is a BadMessage") {
    const auto body = base64_of(der);
    CHECK(bytes_in(*open(body).message) == der);
    CHECK(bytes_in(*open(with_lf(body) + "\n\n").message) == der);
    CHECK(refusal_of(body + "!") == ErrorCode::BadMessage);
    CHECK(refusal_of(body + "AAAA") == ErrorCode::BadMessage);
    CHECK(refusal_of(body.substr(0, body.find('='))) == ErrorCode::BadMessage);
    CHECK(refusal_of("M=AA") == ErrorCode::BadMessage);
}

TEST_CASE("forms: a multipart/signed gives the exact bytes of what was signed (RFC 8551 §3.5.3)") {
    for (const std::string& content :
         {std::string("Content-Type: text/plain\r\n\r\nhello\r\n"),
          std::string("Content-Type: text/plain\r\n\r\nhello"),
          std::string("Content-Type: text/plain\n\nmixed\r\nline\nends\r"), std::string("\r\n\r\n\r\n"),
          std::string("a: b\r\n\r\n--b 1x\r\n--b\r\n -- b 1\r\n--b 1-- x\r\nbody"),
          std::string("a: b\r\n\r\n") + std::string(200'000, 'x') + "\r\n--b 2\r\n"}) {
        const auto opened = open(multipart(content));
        REQUIRE(opened.content);
        CHECK((text_in(*opened.content) == content));
        CHECK(bytes_in(*opened.message) == der);
    }
}

TEST_CASE("forms: a multipart/signed with LF line ends keeps them") {
    const auto opened = open(with_lf(multipart("Content-Type: text/plain\r\n\r\nhello\r\n")));
    REQUIRE(opened.content);
    CHECK(text_in(*opened.content) == "Content-Type: text/plain\n\nhello\n");
    CHECK(bytes_in(*opened.message) == der);
}

TEST_CASE("forms: boundaries may be unquoted, end in white space on their lines, and stand at any window's edge") {
    CHECK(text_in(*open(multipart("a: b\r\n\r\nc", "boundary=abc", "abc")).content) == "a: b\r\n\r\nc");
    auto padded = multipart("a: b\r\n\r\nc", "boundary=abc", "abc");
    padded.replace(padded.find("c\r\n--abc\r\n"), 10, "c\r\n--abc  \t\r\n");
    CHECK(text_in(*open(padded).content) == "a: b\r\n\r\nc");
    for (size_t size = 65536 - 400; size < 65536 + 20; size += 3) {
        const std::string content = "a: b\r\n\r\n" + std::string(size, 'y');
        CHECK((text_in(*open(multipart(content)).content) == content));
    }
}

TEST_CASE("forms: the signature part may be binary, or known by its file name alone") {
    auto mail = multipart("a: b\r\n\r\nc");
    mail.replace(mail.find("application/pkcs7-signature; name"), 33, "application/octet-stream; name");
    CHECK(bytes_in(*open(mail).message) == der);
    auto binary = multipart("a: b\r\n\r\nc");
    binary.replace(binary.find("Encoding: base64"), 16, "Encoding: binary");
    binary.replace(binary.find(base64_of(der)), base64_of(der).size(), text_of(der));
    CHECK(bytes_in(*open(binary).message) == der);
}

TEST_CASE("forms: a multipart/signed that is cut, has three parts, or is not S/MIME is a BadMessage") {
    const auto mail = multipart("a: b\r\n\r\nc");
    REQUIRE(refusal_of(mail) == ErrorCode::None);
    const auto closing = mail.find("--b 1--");
    CHECK(refusal_of(mail.substr(0, closing)) == ErrorCode::BadMessage);
    auto three = mail;
    three.insert(closing, "--b 1\r\n\r\nmore\r\n");
    CHECK(refusal_of(three) == ErrorCode::BadMessage);
    auto pgp = mail;
    pgp.replace(pgp.find("application/pkcs7-signature\""), 28, "application/pgp-signature\"");
    CHECK(refusal_of(pgp) == ErrorCode::BadMessage);
    CHECK(refusal_of(multipart("a: b", "x=y")) == ErrorCode::BadMessage);
}

TEST_CASE("forms: headers that leave open what they mean are a BadMessage") {
    const auto body = base64_of(der);
    CHECK(refusal_of("Content-Type: application/pkcs7-mime\r\nContent-Type: text/plain\r\n\r\n" + body) ==
          ErrorCode::BadMessage);
    CHECK(refusal_of("Content-Type: application/pkcs7-mime\r\nno field\r\n\r\n" + body) == ErrorCode::BadMessage);
    CHECK(refusal_of("Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n" + body) ==
          ErrorCode::BadMessage);
    CHECK(refusal_of("Content-Type: text/plain\r\n\r\nhello") == ErrorCode::BadMessage);
    CHECK(refusal_of("Subject: " + std::string(300'000, 'x')) == ErrorCode::LimitExceeded);
}

TEST_CASE("forms: what MultipartSignedOutput writes opens again, content untouched") {
    const std::string content = "Content-Type: text/plain\r\n\r\nhello\r\n";
    MemorySink out;
    MultipartSignedOutput multipart(out, "sha-256");
    multipart.content().write(bytes_of(content));
    multipart.finish(der);

    const auto opened = open(text_of(out.bytes()));

    CHECK(text_in(*opened.content) == content);
    CHECK(bytes_in(*opened.message) == der);
}

TEST_CASE("base64: what is encoded in any pieces decodes in any pieces") {
    Bytes bytes(1000);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
    for (size_t size = 0; size < 200; ++size)
        for (const size_t piece : {1, 2, 3, 5, 57, 64, 1000}) {
            MemorySink text, decoded;
            Base64Encoder encoder(text, 48, "\n");
            for (size_t at = 0; at < size; at += piece)
                encoder.write(ByteView(bytes).subspan(at, std::min(piece, size - at)));
            encoder.finish();
            Base64Decoder decoder(decoded);
            for (size_t at = 0; at < text.bytes().size(); at += piece)
                decoder.write(ByteView(text.bytes()).subspan(at, std::min(piece, text.bytes().size() - at)));
            decoder.finish();
            REQUIRE(decoded.bytes() == Bytes(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)));
        }
}
