// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the judgement of signed attributes and signature parameters, with messages put together by hand.
#include <algorithm>

#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "cms/signed_attributes.hpp"
#include "handmade.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::SignatureVerdict;

namespace {

ipc::SignerReport judge(const Handmade& handmade) {
    const auto answer =
        verify({.message = handmade.message(), .anchors = people().anchors, .content = handmade_content});
    CHECK(answer.finished.valid == answer.signer().valid);
    return answer.signer();
}

ipc::SignerReport judge_attributes(const std::vector<Bytes>& attributes) {
    return judge({people().ec, set_of(attributes)});
}

/// Those that the sign job makes for that certificate; the signature is another's matter.
Bytes attributes_naming(const Certificate& certificate) {
    const SignatureScheme scheme{SignatureFamily::Ecdsa, Digest::Sha256};
    return make_signed_attributes({.signer = certificate,
                                   .encryption = nullptr,
                                   .scheme = scheme,
                                   .content_digest = digest_of(Digest::Sha256, handmade_content),
                                   .signing_time = now});
}

}  // namespace

TEST_CASE("verify: row 29, RFC 5652 11.2: message-digest missing, twice, with two values or of another type") {
    REQUIRE(judge_attributes({content_type(), digest_attribute({digest_value()})}).valid);

    for (const auto& attributes : std::vector<std::vector<Bytes>>{
             {content_type()},
             {content_type(), digest_attribute({digest_value()}), digest_attribute({digest_value()})},
             {content_type(), digest_attribute({digest_value(), digest_value()})},
             {content_type(), digest_attribute({})},
             {content_type(), digest_attribute({der_value(0x13, digest_of(Digest::Sha256, handmade_content))})}}) {
        const auto report = judge_attributes(attributes);
        CHECK_FALSE(report.valid);
        CHECK(report.signature == SignatureVerdict::Bad);
        CHECK(report.reason == "the signed attribute message-digest is not there exactly once with one value");
    }
}

TEST_CASE("verify: row 30, RFC 5652 11.1: a content-type that is not the content's, missing or there twice") {
    const auto digest = digest_attribute({digest_value()});

    CHECK(judge_attributes({content_type("1.2.840.113549.1.7.3"), digest}).reason ==
          "the signed content type is not that of the content");
    CHECK_FALSE(judge_attributes({digest}).valid);
    CHECK_FALSE(judge_attributes({content_type(), content_type(), digest}).valid);
}

TEST_CASE("verify: row 32, RFC 5035: a signingCertificateV2 of another certificate is invalid") {
    const auto& p = people();
    REQUIRE(judge({p.ec, attributes_naming(p.ec.certificate)}).valid);

    const auto report = judge({p.ec, attributes_naming(p.rsa.certificate)});

    CHECK_FALSE(report.valid);
    CHECK(report.reason == "the signed attribute signing-certificate names another certificate");
}

TEST_CASE("verify: RFC 5035: an empty or malformed signing certificate is invalid") {
    for (const auto* type : {"1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.16.2.12"})
        for (const auto& value : {der_value(0x30, der_value(0x30, {})), Bytes{0x05, 0x00}, Bytes{0x30, 0x00}})
            CHECK_FALSE(
                judge_attributes({content_type(), digest_attribute({digest_value()}), attribute(type, {value})}).valid);
}

TEST_CASE("verify: row 33, RFC 4056: a PSS salt or hash that the parameters do not name is invalid") {
    const auto& p = people();
    const auto attributes = set_of({content_type(), digest_attribute({digest_value()})});
    const auto pss = [&](Digest named, int named_salt, int salt) {
        return judge({p.rsa, attributes, {SignatureFamily::RsaPss, named, named_salt}, Salt{salt}});
    };
    REQUIRE(pss(Digest::Sha256, 32, 32).valid);
    REQUIRE(pss(Digest::Sha256, 20, 20).valid);

    CHECK(pss(Digest::Sha256, 32, 20).signature == SignatureVerdict::Bad);
    CHECK(pss(Digest::Sha256, 20, 32).signature == SignatureVerdict::Bad);
    CHECK(pss(Digest::Sha384, 32, 32).reason == "RSASSA-PSS names another hash than the signer");
}

TEST_CASE("verify: row 9: signed attributes that are BER and no DER are invalid") {
    const auto& p = people();
    const auto digest = digest_attribute({digest_value()});
    REQUIRE(judge({p.ec, set_of({content_type(), digest})}).valid);

    // In the wrong order, with a long length, with an indefinite length.
    auto sorted = std::vector<Bytes>{content_type(), digest};
    std::ranges::sort(sorted, std::greater());
    const auto body = joined({content_type(), digest});
    for (const auto& attributes :
         {der_value(0x31, joined(sorted)), joined({{0x31, 0x81, static_cast<uint8_t>(body.size())}, body}),
          joined({{0x31, 0x80}, body, {0x00, 0x00}})}) {
        const auto report = judge({p.ec, attributes});
        CHECK_FALSE(report.valid);
        CHECK(report.reason == "the signed attributes are not encoded as DER");
    }
}

TEST_CASE("verify: RFC 6211: algorithm protection that names other algorithms is invalid") {
    const auto protect = [](Digest digest) {
        auto signature =
            encoded<i2d_X509_ALGOR>(make_signature_algorithm({SignatureFamily::Ecdsa, Digest::Sha256}).get());
        signature.front() = 0xa1;
        const auto value =
            der_value(0x30, joined({encoded<i2d_X509_ALGOR>(make_digest_algorithm(digest).get()), signature}));
        return judge_attributes(
            {content_type(), digest_attribute({digest_value()}), attribute("1.2.840.113549.1.9.52", {value})});
    };

    CHECK(protect(Digest::Sha256).valid);
    CHECK_FALSE(protect(Digest::Sha384).valid);
}

TEST_CASE("verify: RFC 8551 2.5: none or one each of the attributes is read, unknown ones are passed over") {
    const Bytes time{0x17, 0x0d, '2', '6', '0', '1', '0', '2', '0', '3', '0', '4', '0', '5', 'Z'};
    const auto signing_time = attribute("1.2.840.113549.1.9.5", {time});
    const auto digest = digest_attribute({digest_value()});

    const auto report =
        judge_attributes({content_type(), digest, signing_time, attribute("1.3.6.1.4.1.99999.1", {{0x05, 0x00}})});
    CHECK(report.valid);
    CHECK(report.signing_time == 1767323045);

    CHECK_FALSE(judge_attributes({content_type(), digest, signing_time, signing_time}).valid);
}

TEST_CASE("verify: RFC 8551 2.6: of several certificates with the signer's key identifier the fitting one counts") {
    const auto& p = people();
    const CertificateText text{.extensions = {"subjectKeyIdentifier=0102030405"}, .serial = 40};
    const auto first = issue(p.ca, TestKey::P256, text), second = issue(p.ca, TestKey::P256, text);
    const auto attributes = set_of({content_type(), digest_attribute({digest_value()})});

    const auto report = judge({second,
                               attributes,
                               {SignatureFamily::Ecdsa, Digest::Sha256},
                               std::nullopt,
                               Bytes{0x80, 5, 1, 2, 3, 4, 5},
                               {&first.certificate, &second.certificate}});

    CHECK(report.valid);
    CHECK(report.fingerprint == second.certificate.fingerprint());
}

TEST_CASE("verify: a signer whose certificate is not there has its own verdict") {
    const auto& p = people();
    const auto attributes = set_of({content_type(), digest_attribute({digest_value()})});

    const auto report = judge(
        {p.ec, attributes, {SignatureFamily::Ecdsa, Digest::Sha256}, std::nullopt, std::nullopt, {&p.rsa.certificate}});

    CHECK_FALSE(report.valid);
    CHECK(report.fingerprint.empty());
    CHECK(report.reason == "the signer's certificate is not in the message");
}
