// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the sign job; what it makes is read by OpenSSL's CMS code, by the openssl command and by the verify job.
#include "catch.hpp"
#include "cms/ber.hpp"
#include "cms/signed_data.hpp"
#include "oracle.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::Detachment;
using ipc::OutputForm;

namespace {

const Bytes entity = to_bytes(bytes_of("Content-Type: text/plain\r\n\r\nhello\r\n"));

KeyType type_of(const Identity& identity) {
    switch (EVP_PKEY_get_base_id(identity.key.get())) {
        case EVP_PKEY_RSA:
            return KeyType::Rsa;
        case EVP_PKEY_EC:
            return KeyType::Ec;
        default:
            return KeyType::Ed25519;
    }
}

ipc::SignerSetup setup_of(const Identity& identity, Digest digest = Digest::Sha256, bool pss = false) {
    const auto type = type_of(identity);
    return {.type = type,
            .digest = digest,
            .padding = type != KeyType::Rsa ? SignaturePadding::KeyDefined
                       : pss                ? SignaturePadding::Pss
                                            : SignaturePadding::Pkcs1,
            .certificate = identity.certificate.der(),
            .chain = {people().ca.certificate.der()}};
}

ipc::SignJob job_of(std::vector<ipc::SignerSetup> signers, OutputForm form = OutputForm::Der,
                    Detachment detachment = Detachment::Detached) {
    return {.form = form, .detachment = detachment, .signing_time = now, .signers = std::move(signers)};
}

struct Signed {
    Bytes message;
    ipc::Finished finished;
};

Signed sign(JobHarness& harness, const ipc::SignJob& job, ByteView content) {
    const auto output = empty_file();
    JobFiles files;
    files.push_back(file_with(content));
    files.push_back(output.duplicate());
    auto finished = harness.sign(job, std::move(files));
    auto message = content_of(output);
    CHECK(finished.bytes_in == content.size());
    CHECK(finished.bytes_out == message.size());
    return {std::move(message), std::move(finished)};
}

Bytes sign_with(const Identity& identity, const ipc::SignJob& job, ByteView content) {
    JobHarness harness({&identity});
    auto result = sign(harness, job, content);
    CHECK(harness.requests().signatures == 1);
    return result.message;
}

/// The error of a sign job; nothing may have been written.
Failure failure_of(JobHarness& harness, const ipc::SignJob& job, ByteView content = entity) {
    const auto output = empty_file();
    JobFiles files;
    files.push_back(file_with(content));
    files.push_back(output.duplicate());
    Failure failure;
    try {
        harness.sign(job, std::move(files));
    } catch (const Error& error) {
        failure = {error.code(), error.message()};
    }
    CHECK(content_of(output).empty());
    return failure;
}

bool openssl_verifies(const std::string& form, const Bytes& message, const Bytes& expected,
                      std::vector<std::string> more = {}) {
    const TemporaryFolder folder;
    std::vector<std::string> command{"openssl",
                                     "cms",
                                     "-verify",
                                     "-inform",
                                     form,
                                     "-in",
                                     folder.write("message", message),
                                     "-CAfile",
                                     folder.write("ca.pem", pem_of(people().ca.certificate)),
                                     "-attime",
                                     std::to_string(now)};
    // openssl reads a multipart line by line: only without -binary does it give the lines their CRLF back.
    if (form != "SMIME") command.push_back("-binary");
    command.insert(command.end(), more.begin(), more.end());
    const auto result = run_program(command);
    return result.status == 0 && result.output == expected;
}

}  // namespace

TEST_CASE("sign: RFC 8551 2.1, 2.2: detached signatures of each algorithm are read by OpenSSL and by the verify job") {
    const auto& p = people();
    const auto digest = GENERATE(Digest::Sha256, Digest::Sha384, Digest::Sha512);
    const auto p384 = issue(p.ca, TestKey::P384), p521 = issue(p.ca, TestKey::P521);

    for (const auto* identity : {&p.rsa, &p.ec, &p384, &p521})
        for (const bool pss : {false, true}) {
            const auto message = sign_with(*identity, job_of({setup_of(*identity, digest, pss)}), entity);
            CHECK(oracle_verifies(message, p.ca.certificate, entity));
            const auto answer = verify({.message = message, .anchors = p.anchors, .content = entity});
            INFO(answer.signer().reason);
            CHECK(answer.finished.valid);
            CHECK(answer.signer().signing_time == now);
        }
}

TEST_CASE("sign: RFC 8419: an Ed25519 signature has the digest sha512 and is read by the verify job") {
    const auto& p = people();
    const auto edwards = issue(p.ca, TestKey::Ed25519);

    const auto message = sign_with(edwards, job_of({setup_of(edwards)}), entity);

    const auto answer = verify({.message = message, .anchors = p.anchors, .content = entity});
    INFO(answer.signer().reason);
    CHECK(answer.finished.valid);
    CHECK(answer.signer().digest_algorithm == "sha512");
    CHECK(answer.signer().signature_algorithm == "ed25519");
}

TEST_CASE("sign: an opaque message holds its content, small in definite and large in indefinite lengths") {
    const auto& p = people();
    const size_t size = GENERATE(0, 1, 1000, 64 * 1024, 64 * 1024 + 1, 3'000'000);
    const Bytes content(size, '\n');

    const auto message = sign_with(p.ec, job_of({setup_of(p.ec)}, OutputForm::Der, Detachment::Opaque), content);

    CHECK(oracle_verifies(message, p.ca.certificate));
    CHECK(openssl_verifies("DER", message, content));
    const auto answer = verify({.message = message, .anchors = p.anchors, .with_output = true});
    CHECK(answer.finished.valid);
    CHECK(answer.output == content);
}

TEST_CASE("sign: content beyond the memory limit goes through one spool file") {
    const auto& p = people();
    const Bytes content(20 << 20, 'x');
    JobHarness harness({&p.ec});

    const auto message = sign(harness, job_of({setup_of(p.ec)}, OutputForm::Der, Detachment::Opaque), content).message;

    CHECK(harness.requests().spools == 1);
    const auto answer = verify({.message = message, .anchors = p.anchors, .with_output = true});
    CHECK(answer.finished.valid);
    CHECK(answer.output == content);
}

TEST_CASE("sign: PEM is read by openssl, detached and opaque") {
    const auto& p = people();
    const TemporaryFolder folder;

    const auto detached = sign_with(p.rsa, job_of({setup_of(p.rsa)}, OutputForm::Pem), entity);
    CHECK(openssl_verifies("PEM", detached, entity, {"-content", folder.write("content", entity)}));

    const auto opaque = sign_with(p.rsa, job_of({setup_of(p.rsa)}, OutputForm::Pem, Detachment::Opaque), entity);
    CHECK(openssl_verifies("PEM", opaque, entity));
}

TEST_CASE("sign: RFC 8551 3.5: S/MIME is read by openssl and by the verify job, detached and opaque") {
    const auto& p = people();
    const auto detachment = GENERATE(Detachment::Detached, Detachment::Opaque);

    const auto message = sign_with(p.rsa, job_of({setup_of(p.rsa)}, OutputForm::Smime, detachment), entity);

    CHECK(openssl_verifies("SMIME", message, entity));
    const auto answer = verify({.message = message, .anchors = p.anchors, .with_output = true});
    CHECK(answer.finished.valid);
    CHECK(answer.output == entity);
}

TEST_CASE("sign: RFC 8551 3.5.3.2: multipart/signed names its protocol and micalg") {
    const auto& p = people();
    JobHarness harness({&p.ec, &p.rsa});

    const auto message =
        sign(harness, job_of({setup_of(p.ec), setup_of(p.rsa, Digest::Sha384)}, OutputForm::Smime), entity).message;

    CHECK_THAT(std::string(text_of(message)), ContainsSubstring("protocol=\"application/pkcs7-signature\""));
    CHECK_THAT(std::string(text_of(message)), ContainsSubstring("micalg=\"sha-256,sha-384\""));
}

TEST_CASE("sign: RFC 8551 3.1.1: line ends become CRLF in S/MIME, and nowhere else") {
    const auto& p = people();
    const auto mixed = bytes_of("Content-Type: text/plain\n\na\r\nb\rc\n\r\r\n");
    const auto canonical = to_bytes(bytes_of("Content-Type: text/plain\r\n\r\na\r\nb\r\nc\r\n\r\n\r\n"));

    const auto smime = sign_with(p.ec, job_of({setup_of(p.ec)}, OutputForm::Smime), mixed);
    CHECK(verify({.message = smime, .anchors = p.anchors, .with_output = true}).output == canonical);

    const auto der = sign_with(p.ec, job_of({setup_of(p.ec)}), mixed);
    CHECK(verify({.message = der, .anchors = p.anchors, .content = to_bytes(mixed)}).finished.valid);
}

TEST_CASE("sign: RFC 8551 3.1: a binary body is signed as it is where a signature can carry it: opaque") {
    const auto& p = people();
    const auto binary = bytes_of("Content-Type: image/x\nContent-Transfer-Encoding: binary\n\n\n\r\n\r");
    const auto kept = to_bytes(bytes_of("Content-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\n\r\n\r"));

    const auto message = sign_with(p.ec, job_of({setup_of(p.ec)}, OutputForm::Smime, Detachment::Opaque), binary);
    CHECK(verify({.message = message, .anchors = p.anchors, .with_output = true}).output == kept);
}

TEST_CASE("sign: what is no MIME entity is not signed as S/MIME") {
    const auto& p = people();
    JobHarness harness({&p.ec});

    const auto failure = failure_of(harness, job_of({setup_of(p.ec)}, OutputForm::Smime), bytes_of("just words\n"));

    CHECK(failure.code == ErrorCode::BadMessage);
    CHECK(harness.requests().signatures == 0);
}

TEST_CASE("sign: two signers make two signatures, and a shared chain is included once") {
    const auto& p = people();
    JobHarness harness({&p.ec, &p.rsa});

    const auto message = sign(harness, job_of({setup_of(p.ec), setup_of(p.rsa)}), entity).message;

    CHECK(harness.requests().signatures == 2);
    CHECK(oracle_verifies(message, p.ca.certificate, entity));
    const auto answer = verify({.message = message, .anchors = p.anchors, .content = entity});
    CHECK(answer.finished.valid);
    CHECK(answer.finished.signers.size() == 2);
    const auto received = read_signed_data(cut_message(MemorySource(message)).rest);
    CHECK(received.certificates.size() == 3);
}

TEST_CASE("sign: RFC 8551 2.5, RFC 5035: the signed attributes are DER and hold what they should") {
    const auto& p = people();
    JobHarness harness({&p.rsa});
    sign(harness, job_of({setup_of(p.rsa)}), entity);

    const auto& attributes = harness.signed_attributes().at(0).attributes;

    CHECK(has_der_lengths(attributes));
    CHECK(attributes.at(0) == 0x31);
    const std::string digits = hex(attributes);
    CHECK_THAT(digits, ContainsSubstring("06092a864886f70d010903310b06092a864886f70d010701"));
    CHECK_THAT(digits, ContainsSubstring("06092a864886f70d01090431220420" + hex(digest_of(Digest::Sha256, entity))));
    CHECK_THAT(digits, ContainsSubstring("06092a864886f70d010905310f170d"));
    CHECK_THAT(digits, ContainsSubstring("060b2a864886f70d010910022f"));
    CHECK_THAT(digits, ContainsSubstring(hex(digest_of(Digest::Sha256, p.rsa.certificate.der()))));
    CHECK_THAT(digits, ContainsSubstring("06092a864886f70d01090f31"));
    // No 3DES.
    CHECK(digits.find("2a864886f70d0307") == digits.npos);
}

TEST_CASE(
    "sign: rows 47, 51, 56, RFC 8551 4.1, 4.2: an unusable certificate is refused before a signature is asked for") {
    const auto& p = people();
    const auto refused = [&](TestKey kind, const CertificateText& text) {
        const auto identity = issue(p.ca, kind, text);
        JobHarness harness({&identity});
        const auto failure = failure_of(harness, job_of({setup_of(identity)}, OutputForm::Smime));
        CHECK(harness.requests().signatures == 0);
        CHECK(failure.code == ErrorCode::CertificateUnusable);
        return failure.message;
    };

    CHECK(refused(TestKey::P256, {.not_after = now - 1}) == "cannot sign: the certificate has expired");
    CHECK(refused(TestKey::P256, {.not_before = now + 1}) == "cannot sign: the certificate is not yet valid");
    CHECK_THAT(refused(TestKey::P256, {.extensions = {"keyUsage=keyEncipherment"}}), ContainsSubstring("key usage"));
    CHECK_THAT(refused(TestKey::P256, {.extensions = {"extendedKeyUsage=serverAuth"}}), ContainsSubstring("for mail"));
    CHECK_THAT(refused(TestKey::Rsa1024, {}), ContainsSubstring("1024"));
}

TEST_CASE("sign: the broker's refusal of a key is the job's error, and nothing is written") {
    const auto& p = people();
    JobHarness harness({&p.rsa});
    harness.refuse_with({ErrorCode::PinCancelled, "PIN prompt was cancelled"});

    for (const auto form : {OutputForm::Der, OutputForm::Pem, OutputForm::Smime})
        CHECK(failure_of(harness, job_of({setup_of(p.rsa)}, form)).code == ErrorCode::PinCancelled);
}
