// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the chains that a signer's certificate may have (RFC 5280 §6, RFC 8550 §2 and §4).
#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "handmade.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::ChainVerdict;
using ipc::SignatureVerdict;

namespace {

const Bytes attributes = set_of({content_type(), digest_attribute({digest_value()})});

ipc::SignerReport judge(const Handmade& handmade, const std::vector<Bytes>& anchors = people().anchors) {
    return verify({.message = handmade.message(), .anchors = anchors, .content = handmade_content}).signer();
}

CertificateText person_with(std::vector<std::string> extensions) {
    extensions.emplace_back("keyUsage=digitalSignature");
    return {.extensions = std::move(extensions)};
}

CertificateText person_of(const std::string& address) { return person_with({"subjectAltName=email:" + address}); }

/// The verdict on a person below an intermediate authority below a trusted root.
ipc::SignerReport judge_below(const CertificateText& authority,
                              const CertificateText& person = person_of("ada@example.org")) {
    const auto root = make_ca("Root");
    const auto issuer = issue(root, TestKey::P256, authority);
    const auto signer = issue(issuer, TestKey::P256, person);
    return judge(
        {.identity = signer, .attributes = attributes, .certificates = {&signer.certificate, &issuer.certificate}},
        {root.certificate.der()});
}

}  // namespace

TEST_CASE("path: RFC 5280 6.1: an issuer must be an authority, allowed to sign certificates, and near enough") {
    REQUIRE(judge_below(ca_text("Issuer")).valid);

    for (const auto& extensions : std::vector<std::vector<std::string>>{
             {"basicConstraints=critical,CA:FALSE", "keyUsage=critical,keyCertSign"},
             {"keyUsage=critical,keyCertSign"},
             {"basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign"},
             {"basicConstraints=critical,CA:TRUE", "1.3.6.1.4.1.99999.1=critical,DER:0500"}}) {
        const auto report = judge_below({.common_name = "Issuer", .extensions = extensions});
        INFO(extensions.front());
        CHECK(report.signature == SignatureVerdict::Good);
        CHECK(report.chain == ChainVerdict::Untrusted);
        CHECK_FALSE(report.valid);
    }
}

TEST_CASE("path: RFC 5280 4.2.1.9: a path longer than an authority allows is not trusted") {
    const auto root = make_ca("Root");
    const auto judged = [&](const std::string& length) {
        auto text = ca_text("First");
        text.extensions[0] = "basicConstraints=critical,CA:TRUE,pathlen:" + length;
        const auto first = issue(root, TestKey::P256, text);
        const auto second = issue(first, TestKey::P256, ca_text("Second"));
        const auto signer = issue(second, TestKey::P256);
        return judge({.identity = signer,
                      .attributes = attributes,
                      .certificates = {&second.certificate, &signer.certificate, &first.certificate}},
                     {root.certificate.der()})
            .chain;
    };

    CHECK(judged("1") == ChainVerdict::Trusted);
    CHECK(judged("0") == ChainVerdict::Untrusted);
}

TEST_CASE("path: RFC 8550 4.4.1, RFC 5280 4.2.1.10: name constraints hold for subjectAltName and for PKCS#9 e-mail") {
    const auto permitted = ca_text("Issuer", {"nameConstraints=critical,permitted;email:example.org"});
    const auto excluded = ca_text("Issuer", {"nameConstraints=critical,excluded;email:example.net"});
    const CertificateText legacy_good{.extensions = {"keyUsage=digitalSignature"}, .subject_email = "ada@example.org"};
    const CertificateText legacy_bad{.extensions = {"keyUsage=digitalSignature"}, .subject_email = "ada@example.net"};

    for (const auto& authority : {permitted, excluded}) {
        CHECK(judge_below(authority, person_of("ada@example.org")).valid);
        CHECK(judge_below(authority, legacy_good).valid);
        CHECK(judge_below(authority, person_of("ada@example.net")).chain == ChainVerdict::Untrusted);
        CHECK(judge_below(authority, legacy_bad).chain == ChainVerdict::Untrusted);
    }
    CHECK(judge_below(permitted, person_of("ada@example.org.net")).chain == ChainVerdict::Untrusted);
    CHECK(judge_below(permitted, person_with({"subjectAltName=email:ada@example.org,email:ada@example.net"})).chain ==
          ChainVerdict::Untrusted);
}

TEST_CASE("path: RFC 5280 6.1.3: an explicit policy that is required must be there all the way down") {
    const auto authority = ca_text(
        "Issuer", {"policyConstraints=critical,requireExplicitPolicy:0", "certificatePolicies=DER:3007300506032a0304"});

    CHECK(judge_below(authority, person_with({"certificatePolicies=DER:3007300506032a0304"})).valid);
    CHECK(judge_below(authority, person_with({"certificatePolicies=DER:3007300506032a0305"})).chain ==
          ChainVerdict::Untrusted);
    CHECK(judge_below(authority, person_with({})).chain == ChainVerdict::Untrusted);
}

TEST_CASE("path: RFC 8550 4.4.4: an issuer whose certificates are for other uses than mail is not trusted") {
    CHECK(judge_below(ca_text("Issuer", {"extendedKeyUsage=emailProtection,clientAuth"})).valid);
    CHECK(judge_below(ca_text("Issuer", {"extendedKeyUsage=anyExtendedKeyUsage"})).valid);
    CHECK(judge_below(ca_text("Issuer", {"extendedKeyUsage=serverAuth"})).chain == ChainVerdict::Untrusted);
}

TEST_CASE("path: RFC 8550 4.4.2, 4.4.4, rows 50, 52: which usages of the signer's own certificate verify") {
    const auto valid = [](std::vector<std::string> extensions) {
        extensions.emplace_back("subjectAltName=email:ada@example.org");
        return judge_below(ca_text("Issuer"), {.extensions = std::move(extensions)}).valid;
    };

    CHECK(valid({}));
    CHECK(valid({"keyUsage=nonRepudiation"}));
    CHECK(valid({"keyUsage=digitalSignature", "extendedKeyUsage=emailProtection"}));
    CHECK_FALSE(valid({"keyUsage=keyAgreement"}));
    CHECK_FALSE(valid({"keyUsage=digitalSignature", "extendedKeyUsage=serverAuth"}));
}

TEST_CASE("path: RFC 8550 2.3, 4.2: certificates of versions 1 and 3, in any order and any number") {
    const auto& p = people();
    const auto old = issue(p.ca, TestKey::P256, {.common_name = "Old", .serial = 70, .version = X509_VERSION_1});
    const auto unrelated = make_ca("Unrelated");

    for (const auto& certificates : std::vector<std::vector<const Certificate*>>{
             {&old.certificate, &p.ec.certificate, &unrelated.certificate, &p.ca.certificate},
             {&p.ca.certificate, &unrelated.certificate, &p.ec.certificate, &old.certificate, &old.certificate}}) {
        CHECK(judge({.identity = p.ec, .attributes = attributes, .certificates = certificates}).valid);
        CHECK(judge({.identity = old, .attributes = attributes, .certificates = certificates}).valid);
    }
}

TEST_CASE("path: RFC 5280 6.1.4: a certificate of version 1 is no authority, though it is above the signer") {
    auto text = ca_text("Issuer");
    text.version = X509_VERSION_1;

    CHECK(judge_below(text).chain == ChainVerdict::Untrusted);
}

TEST_CASE("path: RFC 5652 10.2.1, 10.2.2: other kinds of certificates and revocation lists are passed over") {
    const auto& p = people();
    // extendedCertificate [0], v1AttrCert [1], v2AttrCert [2], OtherCertificateFormat [3]; OtherRevocationInfo [1].
    const auto other = joined({oid("1.3.6.1.4.1.99999.2"), {0x05, 0x00}});

    const auto report =
        judge({.identity = p.ec,
               .attributes = attributes,
               .more_certificates = {der_value(0xa0, other), der_value(0xa1, other), der_value(0xa2, other),
                                     der_value(0xa3, other), der_value(0x30, other)},
               .crls = {der_value(0xa1, other), der_value(0x30, other)}});

    INFO(report.reason);
    CHECK(report.valid);
}

TEST_CASE("path: of two certificates with one issuer and serial number but other keys the one that verifies counts") {
    const auto& p = people();
    const CertificateText text{.serial = 71};
    const auto first = issue(p.ca, TestKey::P256, text), second = issue(p.ca, TestKey::P256, text);

    for (const auto* signer : {&first, &second}) {
        const auto report = judge(
            {.identity = *signer, .attributes = attributes, .certificates = {&first.certificate, &second.certificate}});
        CHECK(report.valid);
        CHECK(report.fingerprint == signer->certificate.fingerprint());
    }
    CHECK(judge({.identity = first, .attributes = attributes, .certificates = {&second.certificate}}).signature ==
          SignatureVerdict::Bad);
}

TEST_CASE("path: an embedded certificate of the signer's name by a stranger does not spoil the good one") {
    const auto& p = people();
    const auto impostor_ca = make_ca();  // of the same name
    const CertificateText text{.serial = 3};
    const auto impostor = issue(impostor_ca, TestKey::P256, text);

    const auto report = judge({.identity = p.ec,
                               .attributes = attributes,
                               .certificates = {&impostor_ca.certificate, &impostor.certificate, &p.ec.certificate}});

    INFO(report.reason);
    CHECK(report.valid);
    CHECK(report.fingerprint == p.ec.certificate.fingerprint());
}
