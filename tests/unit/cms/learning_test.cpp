// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of what the verify job tells of signers: only of valid messages, and the certificate that they prefer.
#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "handmade.hpp"
#include "ipc/blob_file.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

constexpr const char* capabilities_type = "1.2.840.113549.1.9.15";
constexpr const char* preference_type = "1.2.840.113549.1.9.16.2.11";

const Bytes gcm_capability = der_value(0x30, der_value(0x30, oid("2.16.840.1.101.3.4.1.46")));

struct Taught {
    ipc::Finished finished;
    std::vector<ipc::Learned> learned;
};

Taught verify_handmade(const Identity& signer, const std::vector<Bytes>& more,
                       const std::vector<const Certificate*>& certificates, const std::vector<Bytes>& anchors,
                       ByteView content = handmade_content) {
    auto attributes = more;
    attributes.push_back(content_type());
    attributes.push_back(digest_attribute({digest_value()}));
    const Handmade handmade{.identity = signer, .attributes = set_of(attributes), .certificates = certificates};
    JobFiles files;
    files.push_back(file_with(handmade.message()));
    files.push_back(ipc::make_blob_file("anchors", anchors));
    files.push_back(ipc::make_blob_file("crls", {}));
    files.push_back(file_with(content));
    JobHarness harness;
    auto finished =
        harness.verify({.verification_time = static_cast<uint64_t>(now), .has_content = true}, std::move(files));
    return {std::move(finished), harness.learned()};
}

Identity with_usage(const Identity& issuer, const std::string& usage, uint64_t serial,
                    const std::string& address = "ada@example.org") {
    return issue(issuer, TestKey::P256,
                 {.extensions = {"keyUsage=" + usage, "subjectAltName=email:" + address}, .serial = serial});
}

Bytes preference_for(const Identity& identity) {
    auto name = identity.certificate.issuer_and_serial();
    name.front() = 0xa0;
    return attribute(preference_type, {name});
}

}  // namespace

TEST_CASE("learning: a valid message teaches its signer's certificate and capabilities (RFC 8551 §2.7.1)") {
    const auto& signer = people().ec;
    const auto taught = verify_handmade(signer, {attribute(capabilities_type, {gcm_capability})}, {&signer.certificate},
                                        people().anchors);

    REQUIRE(taught.finished.valid);
    REQUIRE(taught.learned.size() == 1);
    CHECK(taught.learned[0].certificate == signer.certificate.der());
    CHECK(taught.learned[0].capabilities == gcm_capability);
    CHECK(taught.learned[0].signing_time == 0);
}

TEST_CASE("learning: a message that is not valid teaches nothing (RFC 8551 §2.7.1)") {
    const auto& signer = people().ec;
    const std::vector<Bytes> capabilities{attribute(capabilities_type, {gcm_capability})};

    const auto other_content =
        verify_handmade(signer, capabilities, {&signer.certificate}, people().anchors, bytes_of("hallo"));
    const auto untrusted = verify_handmade(signer, capabilities, {&signer.certificate}, {});

    CHECK_FALSE(other_content.finished.valid);
    CHECK(other_content.learned.empty());
    CHECK_FALSE(untrusted.finished.valid);
    CHECK(untrusted.learned.empty());
}

TEST_CASE("learning: the preferred certificate is taken if its chain is trusted (RFC 8551 §2.5.3)") {
    const auto stranger_ca = make_ca("Another CA");
    const auto signer = with_usage(people().ca, "digitalSignature,keyAgreement", 20);
    const auto preferred = with_usage(people().ca, "keyAgreement", 21);
    const auto foreign = with_usage(stranger_ca, "keyAgreement", 22);
    const auto elsewhere = with_usage(people().ca, "keyAgreement", 23, "eve@example.org");
    const auto taught_by = [&](const Identity& named) {
        const auto taught = verify_handmade(signer, {preference_for(named)}, {&signer.certificate, &named.certificate},
                                            people().anchors);
        REQUIRE(taught.finished.valid);
        return taught.learned.at(0).certificate;
    };

    CHECK(taught_by(preferred) == preferred.certificate.der());
    CHECK(taught_by(foreign) == signer.certificate.der());
    CHECK(taught_by(elsewhere) == signer.certificate.der());
}

TEST_CASE("learning: capabilities too large to keep are left out, the certificate is not") {
    const auto& signer = people().ec;
    Bytes many;
    for (int i = 0; i < 500; ++i) many = joined({many, der_value(0x30, oid("2.16.840.1.101.3.4.1.46"))});
    const auto taught = verify_handmade(signer, {attribute(capabilities_type, {der_value(0x30, many)})},
                                        {&signer.certificate}, people().anchors);

    REQUIRE(taught.finished.valid);
    REQUIRE(taught.learned.size() == 1);
    CHECK(taught.learned[0].capabilities.empty());
}
