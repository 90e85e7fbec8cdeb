// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of what a verification tells of each signer: keys, weaknesses, addresses, the certificate.
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "catch.hpp"
#include "handmade.hpp"
#include "oracle.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::AddressMatch;
using ipc::SignatureVerdict;

namespace {

const Bytes text = to_bytes(bytes_of("Content-Type: text/plain\r\n\r\nhello\r\n"));

ipc::SignerReport report_of(const Identity& signer, const std::vector<std::string>& from = {}) {
    return verify({.message = oracle_sign({{&signer}}, text), .anchors = people().anchors, .from = from}).signer();
}

Identity person_of(TestKey kind, const std::string& names = "email:ada@example.org") {
    return issue(people().ca, kind, {.extensions = {"subjectAltName=" + names}, .serial = 80});
}

/// An RSA key that only has its public half: a modulus of that many bits, which nobody can factor, or need to.
PublicKey rsa_public_key(int bits, unsigned long exponent) {
    using Number = Owned<BIGNUM, BN_free>;
    const Number modulus(BN_new()), public_exponent(BN_new());
    BN_rand(modulus.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
    BN_set_word(public_exponent.get(), exponent);
    const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, public_exponent.get());
    const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const PublicKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    REQUIRE(EVP_PKEY_fromdata_init(context.get()) == 1);
    REQUIRE(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1);
    return PublicKey(key);
}

/// The report on a signer who has only a public key: the signature is of Bob's.
ipc::SignerReport report_of_public(PublicKey key) {
    const auto& p = people();
    const auto owner = certify(p.ca, std::move(key), {.serial = 81});
    const Handmade handmade{.identity = p.rsa,
                            .attributes = set_of({content_type(), digest_attribute({digest_value()})}),
                            .scheme = {SignatureFamily::RsaPkcs1, Digest::Sha256},
                            .sid = owner.certificate.issuer_and_serial(),
                            .certificates = {&owner.certificate}};
    return verify({.message = handmade.message(), .anchors = p.anchors, .content = handmade_content}).signer();
}

/// multipart/signed below these header fields.
Bytes mail_by(const Identity& signer, const std::string& header) {
    const TemporaryFolder folder;
    const auto certificate = folder.write("cert.pem", pem_of(signer.certificate));
    const auto key = folder.write("key.pem", pem_of(signer.key));
    const auto entity =
        run_program({"openssl", "cms", "-sign", "-crlfeol", "-signer", certificate, "-inkey", key}, text).output;
    return joined({to_bytes(bytes_of(header)), entity});
}

ipc::SignerReport report_of_mail(const Identity& signer, const std::string& header,
                                 const std::vector<std::string>& from = {}) {
    return verify({.message = mail_by(signer, header), .anchors = people().anchors, .from = from}).signer();
}

}  // namespace

TEST_CASE("report: it has the certificate, and the kind and size of its key") {
    const auto& p = people();

    const auto rsa = report_of(p.rsa), ec = report_of(person_of(TestKey::P384));

    CHECK(rsa.key_algorithm == "rsa");
    CHECK(rsa.key_bits == 2048);
    CHECK(rsa.certificate == p.rsa.certificate.der());
    CHECK(ec.key_algorithm == "ec");
    CHECK(ec.key_bits == 384);
    CHECK(rsa.weaknesses.empty());
}

TEST_CASE("report: certificates that the answer has no room for are left out, and the verdicts stay") {
    const auto& p = people();
    const std::string names = "email:ada@example.org,email:" + std::string(400, 'x') + "@example.org";
    std::string many = names;
    for (int i = 0; i < 30; ++i) many += ",DNS:" + std::string(60, static_cast<char>('a' + i % 26)) + ".example";
    std::vector<Identity> signers;
    std::vector<OracleSigner> oracle;
    for (int i = 0; i < 40; ++i)
        signers.push_back(issue(p.ca, TestKey::P256, {.extensions = {"subjectAltName=" + many}, .serial = 1000u + i}));
    for (const auto& signer : signers) oracle.push_back({&signer});

    const auto answer = verify({.message = oracle_sign(oracle, text), .anchors = p.anchors});

    CHECK(answer.finished.valid);
    CHECK(answer.finished.signers.size() == 40);
    CHECK_FALSE(answer.signer(0).certificate.empty());
    CHECK(answer.signer(39).certificate.empty());
}

TEST_CASE("report: row 56, RFC 8551 4.3: an RSA key under 2048 bits is weak and not valid") {
    const auto report = report_of(person_of(TestKey::Rsa1024));

    CHECK_FALSE(report.valid);
    CHECK(report.signature == SignatureVerdict::Good);
    CHECK(report.weaknesses == std::vector<std::string>{"an RSA key of 1024 bits is too weak"});
}

TEST_CASE("report: RFC 8551 6: an RSA key under 1024 bits is warned of in stronger words") {
    const auto report = report_of(person_of(TestKey::Rsa768));

    CHECK_FALSE(report.valid);
    CHECK(report.signature == SignatureVerdict::Good);
    CHECK(report.reason == "an RSA key of 768 bits can be broken by anyone, its signatures say nothing");
    CHECK(report.weaknesses.size() == 1);
}

TEST_CASE("report: row 56: RSA keys of 16384 bits and of exponent 1 are refused and marked") {
    const auto large = report_of_public(rsa_public_key(16384, 65537));
    CHECK_FALSE(large.valid);
    CHECK(large.key_bits == 16384);
    CHECK(large.weaknesses.at(0) == "an RSA key of 16384 bits is too large");

    const auto trivial = report_of_public(rsa_public_key(2048, 1));
    CHECK_FALSE(trivial.valid);
    CHECK(trivial.weaknesses.at(0) == "the RSA key's exponent is not usable");
}

TEST_CASE("report: RFC 8551 4.3: an RSA key above 4096 bits is remarked upon, and no reason to refuse") {
    const auto report = report_of_public(rsa_public_key(6144, 65537));

    CHECK(report.reason == "the signature does not match the signed attributes");
    CHECK(report.weaknesses ==
          std::vector<std::string>{"an RSA key of 6144 bits is larger than other programs accept"});
}

TEST_CASE("report: a small curve and the digest sha1 are weak and not valid, brainpool is neither") {
    const auto& p = people();

    const auto small = report_of(person_of(TestKey::P192));
    CHECK_FALSE(small.valid);
    CHECK(small.weaknesses.at(0) == "the key's elliptic curve is too small");
    const auto sha1 = verify({.message = oracle_sign({{&p.rsa, EVP_sha1()}}, text), .anchors = p.anchors}).signer();
    CHECK(sha1.weaknesses == std::vector<std::string>{"the digest sha1 is too weak"});

    const auto brainpool = report_of(person_of(TestKey::BrainpoolP256));
    INFO(brainpool.reason);
    CHECK(brainpool.valid);
    CHECK(brainpool.weaknesses.empty());
}

TEST_CASE("report: rows 53, 54, RFC 8550 3: the caller says whom the mail is from") {
    const auto ada = person_of(TestKey::P256);

    CHECK(report_of(ada).address_match == AddressMatch::Unchecked);
    const auto match = report_of(ada, {"ADA@Example.ORG"});
    CHECK(match.valid);
    CHECK(match.address_match == AddressMatch::Match);
    const auto mismatch = report_of(ada, {"eve@example.net"});
    CHECK_FALSE(mismatch.valid);
    CHECK(mismatch.signature == SignatureVerdict::Good);
    CHECK(mismatch.address_match == AddressMatch::Mismatch);
    CHECK(mismatch.reason == "the certificate is for ada@example.org, but the mail is from eve@example.net");
}

TEST_CASE("report: row 55, RFC 8398, RFC 9598: an international address in SmtpUTF8Mailbox") {
    // subjectAltName ::= SEQUENCE { [0] { id-on-SmtpUTF8Mailbox, [0] UTF8String "é@example.org" } }
    const auto zoe =
        issue(people().ca, TestKey::P256,
              {.extensions = {"subjectAltName=DER:301ea01c06082b06010505070809a0100c0ec3a9406578616d706c652e6f7267"},
               .serial = 84});

    const auto match = report_of(zoe, {"é@example.org"});
    CHECK(match.address_match == AddressMatch::Match);
    CHECK(match.addresses == std::vector<std::string>{"é@example.org"});
    CHECK(report_of(zoe, {"e@example.org"}).address_match == AddressMatch::Mismatch);
    CHECK(report_of_mail(zoe, "From: Zoë <é@example.org>\r\n").address_match == AddressMatch::Match);
}

TEST_CASE("report: RFC 8550 3: PKCS#9 e-mail counts, and a certificate without an address is accepted") {
    const auto legacy =
        issue(people().ca, TestKey::P256, {.extensions = {}, .serial = 82, .subject_email = "ada@example.org"});
    const auto nameless = issue(people().ca, TestKey::P256, {.extensions = {}, .serial = 83});

    CHECK(report_of(legacy, {"ada@example.org"}).address_match == AddressMatch::Match);
    CHECK(report_of(legacy, {"eve@example.org"}).address_match == AddressMatch::Mismatch);
    const auto report = report_of(nameless, {"eve@example.org"});
    CHECK(report.valid);
    CHECK(report.address_match == AddressMatch::Unchecked);
}

TEST_CASE("report: RFC 8550 3: a whole mail is compared with its own From and Sender") {
    const auto ada = person_of(TestKey::P256);
    const auto match = [&](const std::string& header) { return report_of_mail(ada, header).address_match; };

    CHECK(match("") == AddressMatch::Unchecked);
    CHECK(match("From: \"Ada, E.\" <ada@example.org>\r\nTo: bob@example.org\r\n") == AddressMatch::Match);
    CHECK(match("From: bob@example.org\r\nSender: ada@example.org\r\n") == AddressMatch::Match);
    CHECK(match("From: \"ada@example.org\" <eve@example.net>\r\n") == AddressMatch::Mismatch);
    CHECK(match("From: ada@example.org\r\nFrom: eve@example.net\r\n") == AddressMatch::Mismatch);
    CHECK(report_of_mail(ada, "From: eve@example.net\r\n", {"ada@example.org"}).address_match == AddressMatch::Match);
}
