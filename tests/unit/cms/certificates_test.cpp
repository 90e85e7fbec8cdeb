// SPDX-License-Identifier: LGPL-2.1-or-later
// The certificates job: what it finds in folders, how it judges it, and what it takes from a file to import.
#include "catch.hpp"
#include "enveloped_fixture.hpp"
#include "ipc/blob_file.hpp"

using namespace cardseal;
using namespace cardseal::cms::test;
using cardseal::cms::JobFiles;

namespace {

struct Folders {
    Identity ca = make_ca();
    Identity anna = issue(ca, TestKey::Rsa2048,
                          {.common_name = "Anna",
                           .extensions = {"keyUsage=critical,digitalSignature,keyEncipherment",
                                          "subjectAltName=email:anna@example.org,email:a@example.net"}});
    Identity bob = issue(ca, TestKey::P256,
                         {.common_name = "Bob",
                          .extensions = {"keyUsage=critical,digitalSignature", "subjectAltName=email:bob@example.org"},
                          .serial = 0x0102});

    std::vector<ipc::StoredCertificate> all() const {
        return {{ipc::CertificateSource::System, 5, ca.certificate.der(), {}},
                {ipc::CertificateSource::User,
                 6,
                 anna.certificate.der(),
                 {0x30, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e}},
                {ipc::CertificateSource::System, 7, pem_of(bob.certificate), {}}};
    }
};

const Folders& folders() {
    static const Folders folders;
    return folders;
}

std::vector<ipc::CertificateFound> find(ipc::CertificatesJob job, const std::vector<Bytes>& crls = {},
                                        const std::vector<ipc::StoredCertificate>& stored = folders().all()) {
    job.time = static_cast<uint64_t>(now);
    JobFiles files;
    files.push_back(folder_file(stored));
    files.push_back(ipc::make_blob_file("anchors", std::vector<Bytes>{folders().ca.certificate.der()}));
    files.push_back(ipc::make_blob_file("crls", crls));
    JobHarness harness;
    harness.certificates(job, std::move(files));
    REQUIRE(harness.requests().of_keys() == 0);
    return harness.found();
}

std::vector<ipc::Learned> import(const Bytes& file) {
    JobFiles files;
    files.push_back(ipc::make_blob_file("import", std::vector<Bytes>{file}));
    JobHarness harness;
    harness.certificates({.action = ipc::CertificatesAction::Import}, std::move(files));
    return harness.learned();
}

/// Of the certificates, with the root as the anchor.
std::vector<ipc::CertificateJudged> judge(const std::vector<ipc::TokenCertificate>& certificates,
                                          const std::vector<ipc::StoredCertificate>& stored = {},
                                          const std::vector<Bytes>& crls = {}) {
    std::vector<Bytes> blobs;
    for (const auto& each : certificates) blobs.push_back(ipc::encode(each));
    JobFiles files;
    files.push_back(ipc::make_blob_file("token certificates", blobs));
    files.push_back(folder_file(stored));
    files.push_back(ipc::make_blob_file("anchors", std::vector<Bytes>{folders().ca.certificate.der()}));
    files.push_back(ipc::make_blob_file("crls", crls));
    JobHarness harness;
    harness.certificates({.action = ipc::CertificatesAction::Judge, .time = static_cast<uint64_t>(now)},
                         std::move(files));
    REQUIRE(harness.requests().of_keys() == 0);
    return harness.judged();
}

Bytes joined(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

}  // namespace

TEST_CASE("certificates: each of a folder is described and judged, authorities are left out") {
    const auto found = find({});

    REQUIRE(found.size() == 2);
    const auto& anna = found[0];
    CHECK(anna.certificate == folders().anna.certificate.der());
    CHECK(anna.fingerprint == folders().anna.certificate.fingerprint());
    CHECK(anna.subject == "CN=Anna");
    CHECK(anna.issuer == "CN=Test CA");
    CHECK(anna.addresses == std::vector<std::string>{"anna@example.org", "a@example.net"});
    CHECK(anna.key_algorithm == "rsa");
    CHECK(anna.key_bits == 2048);
    CHECK(anna.usages == std::vector<std::string>{"encrypt", "sign"});
    CHECK(anna.source == ipc::CertificateSource::User);
    CHECK(anna.chain == ipc::ChainVerdict::Trusted);
    CHECK(anna.reason == "");
    CHECK(anna.capabilities == std::vector<std::string>{"aes-256-gcm"});
    CHECK(anna.seen == 6);
    CHECK(found[1].serial == "0102");
    CHECK(found[1].usages == std::vector<std::string>{"sign"});
    CHECK(found[1].source == ipc::CertificateSource::System);
    CHECK_THAT(found[1].reason, ContainsSubstring("key agreement"));
}

TEST_CASE("certificates: a filter finds by address, usage and fingerprint") {
    const auto count = [](const ipc::CertificatesJob& job) { return find(job).size(); };
    CHECK(count({.email = "A@Example.net"}) == 1);
    CHECK(count({.email = "a@example.ne"}) == 0);
    CHECK(count({.usage = ipc::CertificateUsage::Encrypt}) == 1);
    CHECK(count({.usage = ipc::CertificateUsage::Sign}) == 2);
    CHECK(count({.fingerprint = folders().bob.certificate.fingerprint().substr(0, 8)}) == 1);
    CHECK(count({.fingerprint = folders().ca.certificate.fingerprint()}) == 1);
    CHECK(count({.email = "anna@example.org", .usage = ipc::CertificateUsage::Encrypt}) == 1);
}

TEST_CASE("certificates: one that a CRL revokes says so") {
    const auto found = find({.email = "anna@example.org"}, {make_crl(folders().ca, {2})});
    REQUIRE(found.size() == 1);
    CHECK(found[0].chain == ipc::ChainVerdict::Revoked);
    CHECK(found[0].reason == "revoked");
}

TEST_CASE("certificates: more than 4096 are LimitExceeded, which names the filter") {
    std::vector<ipc::StoredCertificate> many(4097, folders().all()[2]);
    const auto found_all = find({}, {}, {many.begin(), many.end() - 1});
    CHECK(found_all.size() == 4096);

    try {
        find({}, {}, many);
        FAIL("it was no error");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::LimitExceeded);
        CHECK_THAT(error.message(), ContainsSubstring("filter"));
    }
}

TEST_CASE("certificates: import takes every certificate of a PEM file, or one DER") {
    const auto &anna = folders().anna.certificate, &bob = folders().bob.certificate;
    const auto bundle = import(joined(pem_of(anna), pem_of(bob)));
    REQUIRE(bundle.size() == 2);
    CHECK(bundle[0].certificate == anna.der());
    CHECK(bundle[1].certificate == bob.der());
    CHECK(bundle[0].capabilities.empty());
    CHECK(import(anna.der()).size() == 1);
}

TEST_CASE("certificates: import of what holds none is a BadMessage") {
    for (const auto& file : {Bytes{}, sample_content(1000), pem_of(folders().bob.key)}) {
        try {
            import(file);
            FAIL("it was no error");
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::BadMessage);
        }
    }
}

TEST_CASE("certificates: those of tokens are judged in their order, and each reason is its own") {
    const auto judged = judge({{folders().anna.certificate.der(), {}},
                               {make_ca().certificate.der(), {}},
                               {Bytes(10, 'x'), {}},
                               {folders().bob.certificate.der(), {}}},
                              {}, {make_crl(folders().ca, {2})});

    REQUIRE(judged.size() == 4);
    CHECK(judged[0].chain == ipc::ChainVerdict::Revoked);
    CHECK_THAT(judged[0].reason, ContainsSubstring("revoked"));
    CHECK(judged[1].chain == ipc::ChainVerdict::Untrusted);
    CHECK(judged[2].chain == ipc::ChainVerdict::Unknown);
    CHECK_THAT(judged[2].reason, ContainsSubstring("cannot be read"));
    CHECK(judged[3].chain == ipc::ChainVerdict::Trusted);
    CHECK(judged[3].reason == "");
}

TEST_CASE("certificates: a token's chain is built of what lies on the token or in the folders") {
    const auto intermediate = issue(folders().ca, TestKey::P256, ca_text("Intermediate"));
    const auto leaf = issue(intermediate, TestKey::P256, {.common_name = "Leaf"}).certificate.der();
    const auto above = intermediate.certificate.der();

    CHECK(judge({{leaf, {}}}).at(0).chain == ipc::ChainVerdict::Untrusted);
    CHECK(judge({{leaf, {above}}}).at(0).chain == ipc::ChainVerdict::Trusted);
    CHECK(judge({{leaf, {}}}, {{ipc::CertificateSource::System, 5, above, {}}}).at(0).chain ==
          ipc::ChainVerdict::Trusted);
    CHECK(judge({}).empty());
}
