// SPDX-License-Identifier: LGPL-2.1-or-later
// Signing whole mails and entities that are not 7-bit text: what is outside, what is signed, and that it verifies.
#include "catch.hpp"
#include "cms/mime.hpp"
#include "oracle.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::Detachment;
using ipc::HeaderProtection;
using ipc::InputKind;

namespace {

ipc::SignJob job_of(InputKind input, Detachment detachment = Detachment::Detached,
                    HeaderProtection protection = HeaderProtection::None) {
    const auto& p = people();
    ipc::SignJob job;
    job.detachment = detachment;
    job.input = input;
    job.header_protection = protection;
    job.signing_time = now;
    job.signers.push_back({.type = KeyType::Ec,
                           .padding = SignaturePadding::KeyDefined,
                           .certificate = p.ec.certificate.der(),
                           .chain = {p.ca.certificate.der()}});
    return job;
}

struct Signed {
    std::string message;
    ErrorCode code = ErrorCode::None;
    std::string why;
};

Signed sign(const ipc::SignJob& job, std::string_view content) {
    JobHarness harness({&people().ec});
    const auto output = empty_file();
    JobFiles files;
    files.push_back(file_with(bytes_of(content)));
    files.push_back(output.duplicate());
    Signed result;
    try {
        (void)harness.sign(job, std::move(files));
        CHECK(harness.requests().signatures == 1);
    } catch (const Error& error) {
        result.code = error.code();
        result.why = error.message();
        CHECK(harness.requests().signatures == 0);
    }
    result.message = text_of(content_of(output));
    CHECK(result.message.empty() == (result.code != ErrorCode::None));
    return result;
}

/// What was signed, if our verify job and the openssl command find the signature good.
std::string content_of_valid(const std::string& message) {
    const auto& p = people();
    const auto answer = verify({.message = to_bytes(bytes_of(message)),
                                .anchors = p.anchors,
                                .with_output = true,
                                .from = {"ada@example.org"}});
    CHECK(answer.finished.valid);
    const TemporaryFolder folder;
    const auto openssl =
        run_program({"openssl", "cms", "-verify", "-in", folder.write("mail", bytes_of(message)), "-CAfile",
                     folder.write("ca.pem", pem_of(p.ca.certificate)), "-attime", std::to_string(now)});
    CHECK(openssl.status == 0);
    CHECK((openssl.output == answer.output));
    return std::string(text_of(answer.output));
}

const std::string mail =
    "From: Ada <ada@example.org>\nTo: bob@example.org\nSubject: a\n plan\nContent-Type: text/plain;\n"
    " charset=utf-8\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\nhello\n";

}  // namespace

TEST_CASE("sign mail: RFC 8551 3.5.3: the header stays outside, the content fields are signed with the body") {
    const auto signed_mail = sign(job_of(InputKind::Mail), mail).message;

    CHECK(signed_mail.starts_with(
        "From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nSubject: a\r\n plan\r\n"
        "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n micalg=sha-256;\r\n"));
    CHECK(content_of_valid(signed_mail) == "Content-Type: text/plain;\r\n charset=utf-8\r\n\r\nhello\r\n");
}

TEST_CASE("sign mail: RFC 8551 3.5.2: opaque, the mail is application/pkcs7-mime and the content any bytes") {
    const auto binary = "From: a\nContent-Type: image/x\nContent-Transfer-Encoding: binary\n\n\n\r\n\xff\r";

    const auto signed_mail = sign(job_of(InputKind::Mail, Detachment::Opaque), binary).message;

    CHECK(signed_mail.starts_with(
        "From: a\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data;\r\n"));
    CHECK(content_of_valid(signed_mail) ==
          "Content-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\n\r\n\xff\r");
}

TEST_CASE("sign mail: LF, CR LF, both and a CR alone in the body give one signed text") {
    const std::string header = "From: a\nContent-Type: text/plain\n\n";
    for (const std::string body : {"a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\nb\r\nc\n", "a\rb\nc\r\n"}) {
        const auto signed_mail = sign(job_of(InputKind::Mail), header + body).message;
        CHECK(content_of_valid(signed_mail) == "Content-Type: text/plain\r\n\r\na\r\nb\r\nc\r\n");
    }
}

TEST_CASE("sign mail: RFC 9788: with header protection the fields are signed too, and told only by a valid mail") {
    const auto job = job_of(InputKind::Mail, Detachment::Detached, HeaderProtection::Clear);
    const auto signed_mail = sign(job, mail).message;

    CHECK(content_of_valid(signed_mail) ==
          "From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nSubject: a\r\n plan\r\n"
          "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nContent-Type: text/plain;\r\n charset=utf-8;\r\n hp=\"clear\"\r\n"
          "\r\nhello\r\n");
}

TEST_CASE("sign: RFC 8551 3.1.3: an 8-bit text is signed detached as quoted-printable, a mail or an entity") {
    for (const auto input : {InputKind::Mail, InputKind::Content}) {
        const auto signed_mail = sign(job_of(input),
                                      "Subject: x\nContent-Type: text/plain; charset=utf-8\n"
                                      "Content-Transfer-Encoding: 8bit\n\ngr\xc3\xbc\xc3\x9f \n")
                                     .message;
        const auto content = content_of_valid(signed_mail);
        CHECK(content.ends_with(
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            "gr=C3=BC=C3=9F=20\r\n"));
        CHECK(content.starts_with("Subject: x\r\n") == (input == InputKind::Content));
    }
}

TEST_CASE("sign: RFC 8551 3.1.3: a body that is no text is signed detached as base64, with every byte") {
    const auto signed_mail =
        sign(job_of(InputKind::Content),
             std::string("Content-Type: image/x\nContent-Transfer-Encoding: binary\n\n\0\n\r\n\r", 62))
            .message;

    CHECK(content_of_valid(signed_mail) ==
          "Content-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\nAAoNCg0=\r\n");
}

TEST_CASE("sign: RFC 8551 3.1.3: a mail that needs a spool file is encoded as well") {
    std::string body;
    while (body.size() < 17 << 20)
        body += "gr\xc3\xbc\xc3\x9f, a line that is repeated until the copy goes to disk\r\n";

    const auto result =
        sign(job_of(InputKind::Mail), "From: a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body);

    CHECK(result.why == "");
    const auto answer = verify({.message = to_bytes(bytes_of(result.message)),
                                .anchors = people().anchors,
                                .with_output = true,
                                .from = {"ada@example.org"}});
    CHECK(answer.finished.valid);
    CHECK(text_of(answer.output).find("gr=C3=BC=C3=9F, a line") != std::string_view::npos);
}

TEST_CASE("sign: RFC 8551 3.1.3: where no encoding helps, a detached signature is refused, an opaque one made") {
    for (const std::string content : {"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\xe9\n--b--\n",
                                      "Content-Type: message/rfc822\n\nFrom: \xe9\n\n",
                                      "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n\xe9",
                                      "Content-Description: \xe9\nContent-Type: text/plain\n\nx\n"}) {
        CAPTURE(content);
        const auto refused = sign(job_of(InputKind::Content), content);
        CHECK(refused.code == ErrorCode::BadMessage);
        CHECK_THAT(refused.why, ContainsSubstring("opaque"));
        CHECK(sign(job_of(InputKind::Content, Detachment::Opaque), content).code == ErrorCode::None);
    }
}

TEST_CASE("sign mail: what is no mail is a BadMessage, a header of 10 MiB LimitExceeded, another form InvalidArgs") {
    REQUIRE(sign(job_of(InputKind::Mail), mail).code == ErrorCode::None);

    for (const std::string text : {"", "hello\n", "From: a\r\nTo: b\r\n", "Content-Type: text/plain\r\n\r\nhello\r\n"})
        CHECK(sign(job_of(InputKind::Mail), text).code == ErrorCode::BadMessage);
    CHECK(sign(job_of(InputKind::Mail), "X: " + std::string(10 << 20, 'x')).code == ErrorCode::LimitExceeded);
    auto der = job_of(InputKind::Mail);
    der.form = ipc::OutputForm::Der;
    CHECK(sign(der, mail).code == ErrorCode::InvalidArgs);
}
