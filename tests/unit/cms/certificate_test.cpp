// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of reading certificates.
#include "catch.hpp"
#include "cms/known_certificates.hpp"
#include "cms/text.hpp"
#include "ipc/job_messages.hpp"
#include "test_pki.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

std::vector<std::string> addresses_of(const std::string& alternative_names) {
    return issue(make_ca(), TestKey::P256, {.extensions = {"subjectAltName=" + alternative_names}})
        .certificate.addresses();
}

}  // namespace

TEST_CASE("certificate: DER and PEM are read, anything else is not") {
    const auto ca = make_ca();
    auto der = ca.certificate.der();

    CHECK(Certificate::parse(der)->fingerprint() == ca.certificate.fingerprint());
    CHECK(Certificate::parse(pem_of(ca.certificate))->der() == der);
    CHECK_FALSE(Certificate::parse({}));
    CHECK_FALSE(Certificate::parse(bytes_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")));
    der.push_back(0);
    CHECK_FALSE(Certificate::parse(der));
}

TEST_CASE("known certificates: the latest sixteen are decoded once, and nothing else counts as known") {
    const auto first = make_ca().certificate.der();
    KnownCertificates known;

    const auto* decoded_first = known.decode(first)->get();
    CHECK(known.decode(first)->get() == decoded_first);
    CHECK_FALSE(known.decode(ByteView(first).first(first.size() - 1)));
    for (size_t i = 0; i < ipc::max_signers_made; ++i) CHECK(known.decode(make_ca().certificate.der()));
    CHECK(known.decode(first)->der() == first);
}

TEST_CASE("certificate: a bundle of PEM certificates among other text gives each of them") {
    const auto first = make_ca("First"), second = make_ca("Second");
    auto bundle =
        to_bytes(bytes_of("# a comment, and a damaged one\n-----BEGIN CERTIFICATE-----\nAAAA\n"
                          "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n!\n"
                          "-----END CERTIFICATE-----\n"));
    for (const auto* ca : {&first, &second}) {
        const auto pem = pem_of(ca->certificate);
        bundle.insert(bundle.end(), pem.begin(), pem.end());
    }

    const auto certificates = parse_certificates(bundle);

    REQUIRE(certificates.size() == 2);
    CHECK(certificates[0].subject() == "CN=First");
    CHECK(certificates[1].subject() == "CN=Second");
}

TEST_CASE("certificate: row 55: addresses are exact, and odd ones are none") {
    CHECK(addresses_of("email:a@example.org,email:B@Example.org") ==
          std::vector<std::string>{"a@example.org", "B@Example.org"});
    CHECK(addresses_of("email:a@example.org,email:a@example.org").size() == 1);
    CHECK(addresses_of("DER:30:1e:a0:1c:06:08:2b:06:01:05:05:07:08:09:a0:10:0c:0e:c3:a9:40:"
                       "65:78:61:6d:70:6c:65:2e:6f:72:67") == std::vector<std::string>{"é@example.org"});
    CHECK(addresses_of("DNS:example.org,email:no address").empty());
    CHECK(addresses_of("email:" + std::string(300, 'x') + "@example.org").size() == 1);
    CHECK(addresses_of("email:" + std::string(510, 'x') + "@example.org").empty());
}

TEST_CASE("certificate: row 55: an address with a NUL is none, and no prefix of it is") {
    // subjectAltName ::= SEQUENCE { [1] "a@example.org" NUL "x" }
    CHECK(issue(make_ca(), TestKey::P256,
                {.extensions = {"subjectAltName=DER:30:11:81:0f:61:40:65:78:61:6d:70:6c:65:2e:6f:72:67:00:78"}})
              .certificate.addresses()
              .empty());
    CHECK(issue(make_ca(), TestKey::P256,
                {.extensions = {"subjectAltName=DER:30:11:81:0f:61:40:65:78:61:6d:70:6c:65:2e:6f:72:67:79:78"}})
              .certificate.addresses()
              .size() == 1);
}

TEST_CASE("certificate: validity includes both of its ends") {
    const auto identity = issue(make_ca(), TestKey::P256, {.not_before = 1000, .not_after = 2000});

    CHECK(identity.certificate.validity_at(999) == Validity::NotYet);
    CHECK(identity.certificate.validity_at(1000) == Validity::Now);
    CHECK(identity.certificate.validity_at(2000) == Validity::Now);
    CHECK(identity.certificate.validity_at(2001) == Validity::Expired);
}

TEST_CASE("certificate: without the extensions every usage is allowed, with them only what they say") {
    const auto ca = make_ca();
    const auto open = issue(ca, TestKey::P256, {.extensions = {}}).certificate;
    const auto narrow =
        issue(ca, TestKey::P256, {.extensions = {"keyUsage=keyAgreement", "extendedKeyUsage=clientAuth"}}).certificate;

    CHECK(open.key_usage_allows(CertificateUse::Sign));
    CHECK(open.is_for_mail());
    CHECK(narrow.key_usage_allows(CertificateUse::KeyAgreement));
    CHECK_FALSE(narrow.key_usage_allows(CertificateUse::Sign));
    CHECK_FALSE(narrow.key_usage_allows(CertificateUse::KeyEncipherment));
    CHECK_FALSE(narrow.is_for_mail());
}

TEST_CASE("certificate: a subject that is not UTF-8 is shown escaped, a long one shortened") {
    const auto identity = issue(make_ca(), TestKey::P256, {.common_name = "Zoë"});
    CHECK(identity.certificate.subject() == "CN=Zoë");

    CHECK(is_utf8("aé€😀"));
    for (const auto* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
        CHECK_FALSE(is_utf8(bad));
    CHECK(shortened("aé", 2) == "a");
    CHECK(shortened("aé", 3) == "aé");
}
