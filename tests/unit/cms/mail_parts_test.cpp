// SPDX-License-Identifier: LGPL-2.1-or-later
// Verifying and inspecting mail as it really is: which part is meant, what its signature covers, and how it is known.
#include "catch.hpp"
#include "cms/base64.hpp"
#include "cms/signed_message.hpp"
#include "oracle.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

const std::string text = "Content-Type: text/plain\r\n\r\nhello\r\n";

std::string base64_of(ByteView bytes) {
    MemorySink out;
    Base64Encoder encoder(out, 57, "\r\n");
    encoder.write(bytes);
    encoder.finish();
    return std::string(text_of(out.bytes()));
}

std::string detached(const std::string& content) {
    return base64_of(oracle_sign({{&people().ec}}, bytes_of(content), CMS_DETACHED));
}

std::string opaque() { return base64_of(oracle_sign({{&people().ec}}, bytes_of(text))); }

struct MultipartSigned {
    std::string content = text;
    std::string parameters = "protocol=\"application/pkcs7-signature\"; micalg=sha-256";
    std::string signature_header =
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n";
    std::string signature = detached(text);
    std::string boundary = "sig";

    std::string write() const {
        const auto delimiter = "\r\n--" + boundary;
        return "Content-Type: multipart/signed; " + parameters + "; boundary=" + boundary + "\r\n" + delimiter +
               "\r\n" + content + delimiter + "\r\n" + signature_header + "\r\n" + signature + delimiter + "--\r\n";
    }
};

std::string mixed(const std::vector<std::string>& parts) {
    std::string mail = "Content-Type: multipart/mixed; boundary=mix\r\n\r\n";
    for (const auto& part : parts) mail += "--mix\r\n" + part + "\r\n";
    return mail + "--mix--\r\n";
}

std::string pkcs7_part(const std::string& parameters, const std::string& body) {
    return "Content-Type: application/pkcs7-mime" + parameters + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body;
}

Answer verify_mail(const std::string& mail) {
    return verify({.message = to_bytes(bytes_of(mail)), .anchors = people().anchors, .with_output = true});
}

Failure failure_of_mail(const std::string& mail) {
    return failure_of({.message = to_bytes(bytes_of(mail)), .anchors = people().anchors});
}

/// "path kind" of each part, with "+" if it is covered.
std::vector<std::string> outline(const std::vector<ipc::PartReport>& parts) {
    constexpr const char* kinds[] = {"plain", "signed", "enveloped", "compressed", "certificates"};
    std::vector<std::string> lines;
    for (const auto& part : parts)
        lines.push_back(part.path + " " + kinds[static_cast<size_t>(part.kind)] + (part.covered ? "+" : ""));
    return lines;
}

std::vector<ipc::PartReport> inspect(ByteView message) {
    JobHarness harness;
    JobFiles files;
    files.push_back(file_with(message));
    return harness.inspect({}, std::move(files)).parts;
}

}  // namespace

TEST_CASE(
    "mail parts: RFC 8551 3.5: a signed part with a list's footer behind is verified, and the footer not covered") {
    const auto answer = verify_mail(mixed({MultipartSigned{}.write(), "Content-Type: text/plain\r\n\r\nfooter"}));

    CHECK(answer.finished.valid);
    CHECK(text_of(answer.output) == text);
    CHECK(outline(answer.finished.parts) ==
          std::vector<std::string>{" plain", "1 signed+", "1.1 plain+", "1.2 plain+", "2 plain"});
}

TEST_CASE("mail parts: RFC 8551 3.5.3.2: micalg may be unknown, wrong or absent, and the protocol have its old name") {
    for (const std::string parameters :
         {"protocol=\"application/pkcs7-signature\"; micalg=x-unheard-of", "protocol=\"application/pkcs7-signature\"",
          "protocol=\"application/pkcs7-signature\"; micalg=md5", "protocol=\"application/x-pkcs7-signature\"",
          "micalg=sha1"})
        CHECK(verify_mail(MultipartSigned{.parameters = parameters}.write()).finished.valid);
    CHECK(failure_of_mail(MultipartSigned{.parameters = "protocol=\"application/pgp-signature\""}.write()).code ==
          ErrorCode::BadMessage);
}

TEST_CASE(
    "mail parts: RFC 8551 3.5.3.1: the signature part may be base64, binary, quoted-printable, or known by name") {
    const auto signature = oracle_sign({{&people().ec}}, bytes_of(text), CMS_DETACHED);
    std::string quoted;
    for (const auto byte : signature) quoted += "=" + hex({&byte, 1});
    const std::string name = "Content-Type: application/octet-stream; name*0=smime; name*1=.p7s\r\n";
    const std::string type = "Content-Type: application/x-pkcs7-signature\r\nContent-Transfer-Encoding: ";
    CHECK(verify_mail(
              MultipartSigned{.signature_header = type + "binary\r\n", .signature = std::string(text_of(signature))}
                  .write())
              .finished.valid);
    CHECK(verify_mail(MultipartSigned{.signature_header = type + "quoted-printable\r\n", .signature = quoted}.write())
              .finished.valid);
    CHECK(verify_mail(MultipartSigned{.signature_header = name + "Content-Transfer-Encoding: base64\r\n"}.write())
              .finished.valid);
}

TEST_CASE("mail parts: RFC 8551 3.1: mixed line endings count as they are; only a part of line feeds alone gets CRLF") {
    const std::string odd = "Content-Type: text/plain\n\nmixed\r\nends\r";
    CHECK(verify_mail(MultipartSigned{.content = odd, .signature = detached(odd)}.write()).finished.valid);

    auto stored = MultipartSigned{}.write();
    std::erase(stored, '\r');
    CHECK(verify_mail(stored).finished.valid);

    // Signed over bare line feeds: to accept that, one would have to try.
    const std::string feeds = "Content-Type: text/plain\n\nhello\n";
    const MultipartSigned bare{.content = feeds, .signature = detached(feeds)};
    CHECK_FALSE(verify_mail(bare.write()).finished.valid);
    const MultipartSigned changed{.content = text, .signature = detached(feeds)};
    CHECK_FALSE(verify_mail(changed.write()).finished.valid);
}

TEST_CASE(
    "mail parts: RFC 8551 3.2, 3.2.1: each type and file name is known for what it is, whatever smime-type says") {
    const auto signed_data = opaque();
    const auto part = [](const std::string& header) {
        return "Content-Type: " + header + "\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    };
    const auto parts = inspect(bytes_of(mixed({pkcs7_part("; smime-type=enveloped-data", signed_data),
                                               part("application/octet-stream; name=Smime.P7M") + signed_data,
                                               part("application/x-pkcs7-mime; smime-type=certs-only") + signed_data,
                                               part("application/octet-stream; name*=utf-8''smime.p7c") + signed_data,
                                               part("application/octet-stream; name=smime.p7s") + signed_data,
                                               part("application/ms-tnef; name=winmail.dat") + signed_data,
                                               part("application/octet-stream; name=smime.txt") + signed_data,
                                               pkcs7_part("; smime-type=signed-data", "not base64!")})));

    CHECK(outline(parts) == std::vector<std::string>{" plain", "1 signed", "2 signed", "3 certificates",
                                                     "4 certificates", "5 plain", "6 plain", "7 plain", "8 plain"});
}

TEST_CASE("mail parts: RFC 8551 3.8: a message of certificates only has no signer and is never valid") {
    SignedMessage message;
    message.add_digest(Digest::Sha256);
    message.add_certificate(people().ec.certificate.der());
    const auto part = pkcs7_part("; smime-type=certs-only; name=smime.p7c", base64_of(message.detached()));

    const auto answer = verify_mail(part);

    CHECK_FALSE(answer.finished.valid);
    CHECK(answer.finished.signers.empty());
    CHECK(outline(inspect(bytes_of(part))) == std::vector<std::string>{" certificates"});
}

TEST_CASE(
    "mail parts: RFC 8551 3.7: of signed mail in signed mail the outer layer comes first, the inner one by its name") {
    const auto inner = MultipartSigned{.boundary = "in"}.write();
    const auto mail = MultipartSigned{.content = inner, .signature = detached(inner), .boundary = "out"}.write();

    const auto outer = verify_mail(mail);
    CHECK(outer.finished.valid);
    CHECK(text_of(outer.output) == inner);
    CHECK(outline(outer.finished.parts) ==
          std::vector<std::string>{" signed+", "1 signed+", "1.1 plain+", "1.2 plain+", "2 plain+"});

    const auto named = verify(
        {.message = to_bytes(bytes_of(mail)), .anchors = people().anchors, .with_output = true, .part = {true, "1"}});
    CHECK(named.finished.valid);
    CHECK(text_of(named.output) == text);
    CHECK(outline(named.finished.parts) ==
          std::vector<std::string>{" signed", "1 signed+", "1.1 plain+", "1.2 plain+", "2 plain"});
}

TEST_CASE("mail parts: a signed mail in a mail cut anywhere is a BadMessage (row 3)") {
    const auto mail = mixed({MultipartSigned{}.write(), "\r\nfooter"});
    REQUIRE(failure_of_mail(mail).code == ErrorCode::None);

    for (size_t size = 0; size < mail.find("--mix--"); size += 7)
        CHECK(failure_of_mail(mail.substr(0, size)).code == ErrorCode::BadMessage);
}

TEST_CASE("mail parts: row 59: a signature with its content inside, in a multipart/signed, is a BadMessage") {
    CHECK(failure_of_mail(MultipartSigned{.signature = opaque()}.write()).code == ErrorCode::BadMessage);
}

TEST_CASE("mail parts: too many names are LimitExceeded, so that every result has room for its parts") {
    std::vector<std::string> parts;
    for (int i = 0; i < 400; ++i)
        parts.push_back("Content-Type: text/plain; name=" + std::string(250, 'n') + "\r\n\r\n");
    CHECK_THROWS_AS(inspect(bytes_of(mixed(parts))), Error);
    parts.resize(200);
    CHECK(inspect(bytes_of(mixed(parts))).size() == 201);
}

TEST_CASE("mail parts: a signed mail that is attached to another is verified only if it is named") {
    const auto mail =
        mixed({"Content-Type: text/plain\r\n\r\nread this",
               "Content-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\n" + MultipartSigned{}.write()});

    const auto failure = failure_of_mail(mail);

    CHECK(failure.code == ErrorCode::BadMessage);
    CHECK_THAT(failure.message, ContainsSubstring("part '2.1' of an attached mail"));
}
