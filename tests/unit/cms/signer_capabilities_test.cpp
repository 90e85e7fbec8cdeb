// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of what a signer says about being written to.
#include "cms/signer_capabilities.hpp"

#include "catch.hpp"
#include "cms/ber.hpp"
#include "cms/ber_writer.hpp"
#include "handmade.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

constexpr const char* capabilities_type = "1.2.840.113549.1.9.15";
constexpr const char* preference_type = "1.2.840.113549.1.9.16.2.11";

SignerCapabilities learn(const Identity& signer, const std::vector<Bytes>& more,
                         const std::vector<const Certificate*>& certificates) {
    auto attributes = more;
    attributes.push_back(content_type());
    attributes.push_back(digest_attribute({digest_value()}));
    const Handmade handmade{.identity = signer, .attributes = set_of(attributes), .certificates = certificates};
    const auto received = read_signed_data(cut_message(MemorySource(handmade.message())).rest);
    return signer_capabilities(received.signers.at(0), signer.certificate, received.certificates);
}

Bytes capability(const char* type, const Bytes& parameters = {}) {
    return der_value(0x30, joined({oid(type), parameters}));
}

Bytes capabilities(const std::vector<Bytes>& items) {
    return attribute(capabilities_type, {der_value(0x30, joined(items))});
}

Bytes retagged(Bytes der, uint8_t tag) {
    der.front() = tag;
    return der;
}

Identity with_usage(const std::string& usage, uint64_t serial, const std::string& address = "ada@example.org") {
    return issue(people().ca, TestKey::P256,
                 {.extensions = {"keyUsage=" + usage, "subjectAltName=email:" + address, "subjectKeyIdentifier=hash"},
                  .serial = serial});
}

}  // namespace

TEST_CASE("capabilities: RFC 8551 2.5.2: they are read in the signer's order, unknown ones and parameters too") {
    const auto learned =
        learn(people().ec,
              {capabilities({capability("2.16.840.1.101.3.4.1.46"), capability("1.3.6.1.4.1.99999.7", {0x02, 0x01, 5}),
                             capability("2.16.840.1.101.3.4.1.2")})},
              {&people().ec.certificate});

    REQUIRE(learned.capabilities.size() == 3);
    CHECK(learned.capabilities[0].algorithm == "2.16.840.1.101.3.4.1.46");
    CHECK(learned.capabilities[1].parameters == Bytes{0x02, 0x01, 5});
    CHECK(learned.capabilities[2].algorithm == "2.16.840.1.101.3.4.1.2");
}

TEST_CASE("capabilities: RFC 8551 2.5.2: two instances, two values or no SEQUENCE say nothing") {
    const auto one = capabilities({capability("2.16.840.1.101.3.4.1.2")});
    const auto value = der_value(0x30, capability("2.16.840.1.101.3.4.1.2"));
    const auto said = [](const std::vector<Bytes>& attributes) {
        return learn(people().ec, attributes, {&people().ec.certificate}).capabilities.size();
    };
    REQUIRE(said({one}) == 1);

    CHECK(said({one, one}) == 0);
    CHECK(said({attribute(capabilities_type, {value, value})}) == 0);
    CHECK(said({attribute(capabilities_type, {Bytes{0x05, 0x00}})}) == 0);
    CHECK(said({}) == 0);
}

TEST_CASE("capabilities: RFC 8551 2.5.3: the preferred certificate is found by each of its three names") {
    const auto signer = with_usage("digitalSignature", 60);
    const auto first = with_usage("keyAgreement", 61), second = with_usage("keyAgreement", 62);
    const auto identifier = der_value(0x04, second.certificate.subject_key_identifier());

    for (const auto& preference : {retagged(second.certificate.issuer_and_serial(), 0xa0), der_value(0xa1, identifier),
                                   retagged(identifier, 0x82)}) {
        const auto learned = learn(signer, {attribute(preference_type, {preference})},
                                   {&signer.certificate, &first.certificate, &second.certificate});
        REQUIRE(learned.encryption_certificate);
        CHECK(learned.encryption_certificate->fingerprint() == second.certificate.fingerprint());
    }
}

TEST_CASE("capabilities: RFC 8551 2.5.3.1: without a preference it is the signer's own, or one of the same subject") {
    const auto both = with_usage("digitalSignature,keyAgreement", 63);
    const auto signer = with_usage("digitalSignature", 64), other = with_usage("keyAgreement", 65);

    const auto own = learn(both, {}, {&other.certificate, &both.certificate});
    const auto same_subject = learn(signer, {}, {&other.certificate, &signer.certificate});
    const auto none = learn(signer, {}, {&signer.certificate});

    CHECK(own.encryption_certificate->fingerprint() == both.certificate.fingerprint());
    CHECK(same_subject.encryption_certificate->fingerprint() == other.certificate.fingerprint());
    CHECK_FALSE(none.encryption_certificate);
}

TEST_CASE("capabilities: a preferred certificate of another's address, or not for encryption, is not taken") {
    const auto signer = with_usage("digitalSignature", 66);
    const auto stranger = with_usage("keyAgreement", 67, "eve@example.net");
    const auto unfit = with_usage("digitalSignature", 68);
    const auto taken = [&](const Identity& preferred) {
        const auto preference = retagged(preferred.certificate.issuer_and_serial(), 0xa0);
        return learn(signer, {attribute(preference_type, {preference})}, {&signer.certificate, &preferred.certificate})
            .encryption_certificate;
    };
    REQUIRE(taken(with_usage("keyAgreement", 69)));

    CHECK_FALSE(taken(stranger));
    CHECK_FALSE(taken(unfit));
}
