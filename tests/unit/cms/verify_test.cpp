// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the verify job against messages that OpenSSL made.
#include "catch.hpp"
#include "cms/ber.hpp"
#include "cms/signed_message.hpp"
#include "oracle.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::ChainVerdict;
using ipc::SignatureVerdict;

namespace {

const Bytes text = to_bytes(bytes_of("Content-Type: text/plain\r\n\r\nhello\r\n"));

}  // namespace

TEST_CASE("verify: an opaque message is valid and its content is released") {
    const auto& p = people();

    const auto answer = verify({.message = oracle_sign({{&p.rsa}}, text), .anchors = p.anchors, .with_output = true});

    CHECK(answer.finished.valid);
    CHECK(answer.output == text);
    CHECK(answer.finished.bytes_out == text.size());
    REQUIRE(answer.finished.signers.size() == 1);
    CHECK(answer.signer().valid);
    CHECK(answer.signer().signature == SignatureVerdict::Good);
    CHECK(answer.signer().chain == ChainVerdict::Trusted);
    CHECK(answer.signer().reason.empty());
    CHECK(answer.signer().fingerprint == p.rsa.certificate.fingerprint());
    CHECK(answer.signer().subject == "CN=Ada Example");
    CHECK(answer.signer().addresses == std::vector<std::string>{"ada@example.org"});
    CHECK(answer.signer().signing_time > 1'700'000'000);
    CHECK(answer.signer().digest_algorithm == "sha256");
    CHECK(answer.signer().signature_algorithm == "rsa-pkcs1");
}

TEST_CASE("verify: a detached signature is valid over its content and over no other") {
    const auto& p = people();
    const auto message = oracle_sign({{&p.ec}}, text, CMS_DETACHED);

    CHECK(verify({.message = message, .anchors = p.anchors, .content = text}).finished.valid);

    auto changed = text;
    changed.back() ^= 1;
    const auto answer = verify({.message = message, .anchors = p.anchors, .content = changed, .with_output = true});
    CHECK_FALSE(answer.finished.valid);
    CHECK(answer.signer().signature == SignatureVerdict::Bad);
    CHECK(answer.signer().reason == "the content was changed after signing, or is not the content that was signed");
    CHECK(answer.output.empty());
}

TEST_CASE("verify: RFC 8551 2.1, 2.2, 2.6: digests, signature algorithms and both identifiers that OpenSSL makes") {
    const auto& p = people();
    const auto* digest = GENERATE(EVP_sha256(), EVP_sha384(), EVP_sha512());
    const auto p384 = issue(p.ca, TestKey::P384), p521 = issue(p.ca, TestKey::P521);

    for (const auto& signer :
         {OracleSigner{&p.rsa, digest}, OracleSigner{&p.rsa, digest, true}, OracleSigner{&p.ec, digest},
          OracleSigner{&p384, digest}, OracleSigner{&p521, digest}, OracleSigner{&p.rsa, digest, false, CMS_USE_KEYID},
          OracleSigner{&p.rsa, digest, false, CMS_NOATTR}}) {
        const auto answer = verify({.message = oracle_sign({signer}, text), .anchors = p.anchors});
        INFO(answer.signer().reason);
        CHECK(answer.finished.valid);
    }
}

TEST_CASE("verify: row 9: a message of indefinite lengths is read") {
    const auto& p = people();
    const TemporaryFolder folder;
    const auto certificate = folder.write("cert.pem", pem_of(p.ec.certificate));
    const auto key = folder.write("key.pem", pem_of(p.ec.key));
    const Bytes large(200'000, 'x');
    const auto made = run_program({"openssl", "cms", "-sign", "-binary", "-nodetach", "-stream", "-indef", "-outform",
                                   "DER", "-signer", certificate, "-inkey", key},
                                  large);
    REQUIRE(made.status == 0);
    REQUIRE(made.output.at(1) == 0x80);

    const auto answer = verify({.message = made.output, .anchors = p.anchors, .with_output = true});

    CHECK(answer.finished.valid);
    CHECK(answer.output == large);
}

TEST_CASE("verify: RFC 8551 3.5.3: multipart/signed, also stored with LF line ends") {
    const auto& p = people();
    const TemporaryFolder folder;
    const auto certificate = folder.write("cert.pem", pem_of(p.ec.certificate));
    const auto key = folder.write("key.pem", pem_of(p.ec.key));
    auto mail =
        run_program({"openssl", "cms", "-sign", "-crlfeol", "-signer", certificate, "-inkey", key}, text).output;
    REQUIRE(verify({.message = mail, .anchors = p.anchors, .with_output = true}).output == text);

    std::erase(mail, '\r');
    const auto answer = verify({.message = mail, .anchors = p.anchors, .with_output = true});

    CHECK(answer.finished.valid);
    CHECK(answer.output == text);
}

TEST_CASE("verify: RFC 8551 3.5.3.2: a micalg that nobody knows, or that lies, changes nothing") {
    const auto& p = people();
    const TemporaryFolder folder;
    const auto certificate = folder.write("cert.pem", pem_of(p.ec.certificate));
    const auto key = folder.write("key.pem", pem_of(p.ec.key));
    const auto mail =
        run_program({"openssl", "cms", "-sign", "-crlfeol", "-signer", certificate, "-inkey", key}, text).output;
    const std::string known = "micalg=\"sha-256\"";
    const auto at = text_of(mail).find(known);
    REQUIRE(at != std::string_view::npos);

    for (const auto* other : {"micalg=\"x-later\"", "micalg=\"md5\"", "micalg=\"\"", ""}) {
        auto changed = std::string(text_of(mail));
        changed.replace(at, known.size(), other);
        CHECK(verify({.message = to_bytes(bytes_of(changed)), .anchors = p.anchors}).finished.valid);
    }
}

TEST_CASE("verify: a signature over bare LF is not accepted by trying line ends") {
    const auto& p = people();
    const TemporaryFolder folder;
    const auto certificate = folder.write("cert.pem", pem_of(p.ec.certificate));
    const auto key = folder.write("key.pem", pem_of(p.ec.key));
    const auto content = bytes_of("Content-Type: text/plain\n\nhello\n");
    const auto mail =
        run_program({"openssl", "cms", "-sign", "-binary", "-signer", certificate, "-inkey", key}, content).output;

    CHECK_FALSE(verify({.message = mail, .anchors = p.anchors}).finished.valid);
}

TEST_CASE("verify: row 57, RFC 8551 3.8: certificates without a signer are not signed, never valid") {
    const auto& p = people();

    const TemporaryFolder folder;
    const auto certificate = folder.write("cert.pem", pem_of(p.ec.certificate));
    const auto message =
        run_program({"openssl", "crl2pkcs7", "-nocrl", "-certfile", certificate, "-outform", "DER"}).output;

    const auto answer = verify({.message = message, .anchors = p.anchors, .with_output = true});

    CHECK_FALSE(answer.finished.valid);
    CHECK(answer.finished.signers.empty());
    CHECK(answer.output.empty());
}

TEST_CASE("verify: row 58: of two signers one is bad: each has its verdict, the whole is invalid") {
    const auto& p = people();
    const auto other_ca = make_ca("Other CA");
    const auto stranger = issue(other_ca, TestKey::P256, {.common_name = "Eve Example", .serial = 9});
    const auto message = oracle_sign({{&p.ec}, {&stranger}}, text);
    REQUIRE(verify({.message = message, .anchors = {pem_of(p.ca.certificate), pem_of(other_ca.certificate)}})
                .finished.valid);

    const auto answer = verify({.message = message, .anchors = p.anchors, .with_output = true});

    CHECK_FALSE(answer.finished.valid);
    REQUIRE(answer.finished.signers.size() == 2);
    for (const auto& signer : answer.finished.signers) {
        CHECK(signer.signature == SignatureVerdict::Good);
        CHECK(signer.valid == (signer.subject == "CN=Bob Example"));
        CHECK((signer.chain == ChainVerdict::Trusted) == signer.valid);
    }
    CHECK(answer.output.empty());
}

TEST_CASE("verify: row 59: content inside and beside the message is BadMessage") {
    const auto& p = people();
    const auto message = oracle_sign({{&p.ec}}, text);
    REQUIRE(verify({.message = message, .anchors = p.anchors}).finished.valid);

    CHECK(failure_of({.message = message, .anchors = p.anchors, .content = text}).code == ErrorCode::BadMessage);
}

TEST_CASE("verify: a detached signature without its content is BadMessage that says so") {
    const auto failure = failure_of({.message = oracle_sign({{&people().ec}}, text, CMS_DETACHED)});

    CHECK(failure.code == ErrorCode::BadMessage);
    CHECK_THAT(failure.message, ContainsSubstring("detached"));
}

TEST_CASE("verify: rows 1, 2, 4: empty, random and trailing bytes are BadMessage") {
    auto message = oracle_sign({{&people().ec}}, text);

    CHECK(failure_of({.message = {}}).code == ErrorCode::BadMessage);
    CHECK(failure_of({.message = Bytes{0x17, 0xf3, 0x00, 0x91, 0x55, 0xc2, 0x00}}).code == ErrorCode::BadMessage);
    message.push_back('x');
    CHECK(failure_of({.message = message}).code == ErrorCode::BadMessage);
}

TEST_CASE("verify: row 3: a message cut at any offset is BadMessage") {
    const auto message = oracle_sign({{&people().ec}}, text);
    REQUIRE(failure_of({.message = message}).code == ErrorCode::None);

    for (size_t size = 0; size < message.size(); ++size) {
        const auto failure = failure_of({.message = Bytes(message.begin(), message.begin() + size)});
        INFO(size << " bytes: " << failure.message);
        CHECK(failure.code == ErrorCode::BadMessage);
    }
}

TEST_CASE("verify: row 5: a form other than the one declared is BadMessage that names it") {
    const auto failure = failure_of({.message = oracle_sign({{&people().ec}}, text), .form = ipc::InputForm::Pem});

    CHECK(failure.code == ErrorCode::BadMessage);
    CHECK_THAT(failure.message, ContainsSubstring("DER"));
}

TEST_CASE("verify: an encrypted message is BadMessage that says so") {
    const auto& p = people();
    const Owned<STACK_OF(X509), [](STACK_OF(X509) * s) { sk_X509_free(s); }> recipients(sk_X509_new_null());
    sk_X509_push(recipients.get(), p.rsa.certificate.get());
    const BioPointer data(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const Owned<CMS_ContentInfo, CMS_ContentInfo_free> message(
        CMS_encrypt(recipients.get(), data.get(), EVP_aes_128_cbc(), CMS_BINARY));

    const auto failure = failure_of({.message = encoded<i2d_CMS_ContentInfo>(message.get())});

    CHECK(failure.code == ErrorCode::BadMessage);
    CHECK_THAT(failure.message, ContainsSubstring("encrypted"));
}

TEST_CASE("verify: row 31, RFC 5652 5: no signed attributes with a type other than data is invalid") {
    const auto& p = people();
    const char* type = "1.2.840.113549.1.9.16.1.4";
    REQUIRE(verify({.message = oracle_sign({{&p.ec}}, text, 0, type), .anchors = p.anchors}).finished.valid);

    const auto message = oracle_sign({{&p.ec, EVP_sha256(), false, CMS_NOATTR}}, text, 0, type);
    const auto answer = verify({.message = message, .anchors = p.anchors});

    CHECK_FALSE(answer.finished.valid);
    CHECK(answer.signer().signature == SignatureVerdict::Bad);
}

TEST_CASE("verify: content that is a set of signed attributes is refused under a signature without attributes") {
    const auto& p = people();
    const auto like_attributes = [](char first) {
        Bytes set = to_bytes(bytes_of("1 this is text that begins with the octet of a set"));
        set[0] = static_cast<uint8_t>(first);
        set[1] = static_cast<uint8_t>(set.size() - 2);
        return set;
    };
    const OracleSigner signer{&p.ec, EVP_sha256(), false, CMS_NOATTR};
    REQUIRE(verify({.message = oracle_sign({signer}, like_attributes('1')), .anchors = p.anchors}).finished.valid);
    const Bytes attributes{0x31, 0x41, 0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09,
                           0x03, 0x31, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01,
                           0x30, 0x25, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04, 0x31,
                           0x18, 0x04, 0x16, 0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,
                           11,   12,   13,   14,   15,   16,   17,   18,   19,   20,   21};

    const auto answer = verify({.message = oracle_sign({signer}, attributes), .anchors = p.anchors});

    CHECK_FALSE(answer.finished.valid);
    CHECK(answer.signer().reason == "the content is a set of signed attributes of another signature");
}

TEST_CASE("verify: a signature by sha1 is good and not valid; one by md5 is not judged") {
    const auto& p = people();

    const auto sha1 = verify({.message = oracle_sign({{&p.rsa, EVP_sha1()}}, text), .anchors = p.anchors});
    CHECK_FALSE(sha1.finished.valid);
    CHECK(sha1.signer().signature == SignatureVerdict::Good);
    CHECK(sha1.signer().reason == "the digest sha1 is too weak");

    const auto md5 = verify({.message = oracle_sign({{&p.rsa, EVP_md5()}}, text), .anchors = p.anchors});
    CHECK_FALSE(md5.finished.valid);
    CHECK(md5.signer().signature == SignatureVerdict::Bad);
    CHECK(md5.signer().reason == "the digest md5 is not supported");
}

TEST_CASE("verify: row 49, RFC 8550 6: chains are judged at the time asked for, not at the signing time") {
    const auto& p = people();
    const auto brief = issue(p.ca, TestKey::P256, {.not_before = now - 100, .not_after = now + 100, .serial = 12});
    const auto message = oracle_sign({{&brief}}, text);
    REQUIRE(verify({.message = message, .anchors = p.anchors}).finished.valid);

    for (const auto time : {now - 200, now + 200}) {
        const auto answer = verify({.message = message, .anchors = p.anchors, .time = time});
        CHECK_FALSE(answer.finished.valid);
        CHECK(answer.signer().signature == SignatureVerdict::Good);
        CHECK(answer.signer().chain == ChainVerdict::Expired);
    }
}

TEST_CASE("verify: rows 51, 52: a certificate for other uses is invalid") {
    const auto& p = people();
    const auto with = [&](const std::string& usage, const std::string& extended) {
        const auto identity = issue(
            p.ca, TestKey::P256, {.extensions = {"keyUsage=" + usage, "extendedKeyUsage=" + extended}, .serial = 20});
        return verify({.message = oracle_sign({{&identity}}, text), .anchors = p.anchors}).finished;
    };
    CHECK(with("nonRepudiation", "emailProtection").valid);
    CHECK(with("digitalSignature", "anyExtendedKeyUsage").valid);

    CHECK_FALSE(with("keyEncipherment", "emailProtection").valid);
    CHECK_FALSE(with("digitalSignature", "serverAuth").valid);
}

TEST_CASE("verify: revocation: a revoked certificate, a stale list and a missing list") {
    const auto& p = people();
    const auto message = oracle_sign({{&p.ec}}, text);
    const auto chain_with = [&](const Bytes& crl) {
        return verify({.message = message, .anchors = p.anchors, .crls = {crl}}).signer().chain;
    };

    CHECK(chain_with(make_crl(p.ca, {77})) == ChainVerdict::Trusted);
    CHECK(chain_with(make_crl(p.ca, {3})) == ChainVerdict::Revoked);
    CHECK(chain_with(make_crl(p.ca, {}, {now - 1000, now - 500})) == ChainVerdict::Unknown);
    CHECK(chain_with(make_crl(make_ca("Other CA"), {})) == ChainVerdict::Unknown);
}

TEST_CASE("verify: revocation: an anchor that is not self-signed needs no list of its own") {
    const auto root = make_ca("Root");
    const auto issuer = issue(root, TestKey::P256,
                              {.common_name = "Issuer",
                               .extensions = {"basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign,cRLSign",
                                              "subjectKeyIdentifier=hash"},
                               .serial = 50});
    const auto person = issue(issuer, TestKey::P256, {.serial = 51});
    const auto message = oracle_sign({{&person}}, text);
    const auto chain_with = [&](const Identity& anchor, const std::vector<Bytes>& crls) {
        return verify(
                   {.message = message, .anchors = {anchor.certificate.der(), issuer.certificate.der()}, .crls = crls})
            .signer()
            .chain;
    };

    CHECK(chain_with(issuer, {make_crl(issuer, {})}) == ChainVerdict::Trusted);
    CHECK(chain_with(issuer, {make_crl(issuer, {51})}) == ChainVerdict::Revoked);
    CHECK(chain_with(root, {make_crl(issuer, {}), make_crl(root, {})}) == ChainVerdict::Trusted);
    CHECK(chain_with(root, {make_crl(issuer, {}), make_crl(root, {50})}) == ChainVerdict::Revoked);
}

TEST_CASE("verify: rows 11, 12: too many signers and too many certificates are LimitExceeded") {
    const auto& p = people();
    const auto with_certificates = [&](size_t count) {
        SignedMessage message;
        message.add_digest(Digest::Sha256);
        for (size_t i = 0; i < count; ++i)
            message.add_certificate(issue(p.ca, TestKey::P256, {.serial = 1000 + i}).certificate.der());
        return message.detached();
    };
    CHECK(failure_of({.message = with_certificates(max_embedded_certificates)}).code == ErrorCode::None);
    CHECK(failure_of({.message = with_certificates(max_embedded_certificates + 1)}).code == ErrorCode::LimitExceeded);

    SignedMessage message;
    message.add_digest(Digest::Sha256);
    for (uint8_t i = 0; i < 65; ++i) message.add_signer_info({0x30, 0x03, 0x02, 0x01, i});
    CHECK(failure_of({.message = message.detached()}).code == ErrorCode::LimitExceeded);
}

TEST_CASE("verify: row 56: an RSA key of 1024 bits is marked weak and not valid") {
    const auto& p = people();
    const auto weak = issue(p.ca, TestKey::Rsa1024, {.serial = 30});

    const auto answer = verify({.message = oracle_sign({{&weak}}, text), .anchors = p.anchors});

    CHECK_FALSE(answer.finished.valid);
    CHECK(answer.signer().signature == SignatureVerdict::Good);
    CHECK(answer.signer().reason == "an RSA key of 1024 bits is too weak");
}

TEST_CASE("verify: an anchor need not be self-signed, and without any nothing is trusted") {
    const auto& p = people();
    const auto message = oracle_sign({{&p.ec}}, text);

    CHECK(verify({.message = message, .anchors = {p.ec.certificate.der()}}).finished.valid);
    CHECK(verify({.message = message}).signer().chain == ChainVerdict::Untrusted);
}
