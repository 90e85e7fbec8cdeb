// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the signed attributes that a sign job makes, read back by the verify job and by OpenSSL.
#include "catch.hpp"
#include "cms/ber.hpp"
#include "cms/signer_capabilities.hpp"
#include "oracle.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

const Bytes content = to_bytes(bytes_of("hello"));

struct Made {
    Bytes message;
    std::string attributes;  ///< hex
};

Made sign(const Identity& signer, const Certificate* encryption = nullptr, uint64_t time = now) {
    const bool rsa = EVP_PKEY_get_base_id(signer.key.get()) == EVP_PKEY_RSA;
    const ipc::SignerSetup setup{.type = rsa ? KeyType::Rsa : KeyType::Ec,
                                 .digest = Digest::Sha256,
                                 .padding = rsa ? SignaturePadding::Pkcs1 : SignaturePadding::KeyDefined,
                                 .certificate = signer.certificate.der(),
                                 .chain = {},
                                 .encryption_certificate = encryption ? encryption->der() : Bytes()};
    JobHarness harness({&signer});
    const auto output = empty_file();
    JobFiles files;
    files.push_back(file_with(content));
    files.push_back(output.duplicate());
    harness.sign({.form = ipc::OutputForm::Der, .signing_time = time, .signers = {setup}}, std::move(files));
    return {content_of(output), hex(harness.signed_attributes().at(0).attributes)};
}

ReceivedSignedData received(const Made& made) { return read_signed_data(cut_message(MemorySource(made.message)).rest); }

SignerCapabilities learned(const Made& made, const Identity& signer) {
    const auto data = received(made);
    return signer_capabilities(data.signers.at(0), signer.certificate, data.certificates);
}

std::vector<std::string> algorithms(const SignerCapabilities& learned) {
    std::vector<std::string> names;
    for (const auto& one : learned.capabilities) names.push_back(one.algorithm);
    return names;
}

ipc::SignerReport report_of(const Made& made) {
    return verify({.message = made.message, .anchors = people().anchors, .content = content}).signer();
}

Identity with_usage(TestKey kind, const std::string& usage, uint64_t serial) {
    return issue(people().ca, kind,
                 {.extensions = {"keyUsage=" + usage, "subjectAltName=email:ada@example.org"}, .serial = serial});
}

const std::vector<std::string> ciphers{"2.16.840.1.101.3.4.1.46", "1.2.840.113549.1.9.16.3.18",
                                       "2.16.840.1.101.3.4.1.6", "2.16.840.1.101.3.4.1.42", "2.16.840.1.101.3.4.1.2"};

std::vector<std::string> ciphers_and(const std::string& scheme) {
    auto all = ciphers;
    all.insert(all.end(), {scheme, scheme});
    return all;
}

}  // namespace

TEST_CASE("sign: RFC 8551 2.5.2: ciphers are announced best first, then how the content's key may be sent") {
    const auto& p = people();
    const auto only_signs = with_usage(TestKey::P256, "digitalSignature", 90);

    const auto rsa = sign(p.rsa);
    CHECK(algorithms(learned(rsa, p.rsa)) == ciphers_and("1.2.840.113549.1.1.7"));
    // RFC 4055 4.1: RSAES-OAEP-params with SHA-256, and with the defaults.
    CHECK_THAT(rsa.attributes, ContainsSubstring("303c06092a864886f70d010107302fa00f300d06096086480165030402010500"));
    CHECK_THAT(rsa.attributes, ContainsSubstring("300d06092a864886f70d0101073000"));

    const auto ec = sign(p.ec);
    CHECK(algorithms(learned(ec, p.ec)) == ciphers_and("1.3.132.1.11.1"));
    // RFC 5753 7.1: with the key wrap as its parameter.
    CHECK_THAT(ec.attributes, ContainsSubstring("301506062b8104010b01300b060960864801650304012d"));
    CHECK_THAT(ec.attributes, ContainsSubstring("301506062b8104010b01300b0609608648016503040105"));

    CHECK(algorithms(learned(sign(only_signs), only_signs)) == ciphers);
}

TEST_CASE("sign: RFC 8551 2.5.3: another certificate to encrypt to is named, and is in the message") {
    const auto signer = with_usage(TestKey::P256, "digitalSignature", 91);
    const auto mailbox = with_usage(TestKey::Rsa2048, "keyEncipherment", 92);

    const auto made = sign(signer, &mailbox.certificate);

    CHECK(report_of(made).valid);
    CHECK(received(made).certificates.size() == 2);
    const auto said = learned(made, signer);
    REQUIRE(said.encryption_certificate);
    CHECK(said.encryption_certificate->fingerprint() == mailbox.certificate.fingerprint());
    CHECK(algorithms(said) == ciphers_and("1.2.840.113549.1.1.7"));
    CHECK_THAT(made.attributes, ContainsSubstring("060b2a864886f70d010910020b"));
    CHECK(sign(signer).attributes.find("060b2a864886f70d010910020b") == std::string::npos);
    CHECK(oracle_verifies(made.message, people().ca.certificate, content));
}

TEST_CASE("sign: RFC 6211: algorithm protection names the signature's algorithms") {
    const auto& p = people();

    for (const auto* signer : {&p.rsa, &p.ec}) {
        const auto made = sign(*signer);
        CHECK_THAT(made.attributes, ContainsSubstring("06092a864886f70d010934"));
        CHECK(report_of(made).valid);
        CHECK(oracle_verifies(made.message, p.ca.certificate, content));
    }
}

TEST_CASE("sign: RFC 8551 2.5.1: signing-time is UTCTime through 2049 and GeneralizedTime after, and both are read") {
    const auto& p = people();

    const auto last = sign(p.ec, nullptr, 2'524'607'999), first = sign(p.ec, nullptr, 2'524'608'000);

    CHECK_THAT(last.attributes, ContainsSubstring("170d" + hex(bytes_of("491231235959Z"))));
    CHECK_THAT(first.attributes, ContainsSubstring("180f" + hex(bytes_of("20500101000000Z"))));
    CHECK(report_of(last).signing_time == 2'524'607'999);
    CHECK(report_of(first).signing_time == 2'524'608'000);
}

TEST_CASE("sign: RFC 8551 2.4.1, 3.5.3.1: a detached signature is over id-data, and eContent is absent") {
    const auto made = sign(people().ec);

    CHECK(received(made).content_type == id_data);
    CHECK_FALSE(cut_message(MemorySource(made.message)).content);
}
