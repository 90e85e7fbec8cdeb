// SPDX-License-Identifier: LGPL-2.1-or-later
// Whom an encrypt job encrypts to, and with what: addresses, folders, revocation, capabilities and profiles.
#include <algorithm>

#include "catch.hpp"
#include "enveloped_fixture.hpp"

using namespace cardseal;
using namespace cardseal::cms::test;

namespace {

// aes256-GCM; aes256-CBC; OAEP with SHA-256 (RFC 3560 §5); OAEP with SHA-1.
const Bytes gcm{0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e};
const Bytes cbc{0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a};
const Bytes oaep_sha256{0x30, 0x3c, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07, 0x30, 0x2f, 0xa0,
                        0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
                        0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30,
                        0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00};
const Bytes oaep_sha1{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07, 0x30, 0x00};

Bytes capabilities(std::initializer_list<Bytes> items) {
    Bytes list{0x30, 0};
    for (const auto& item : items) list.insert(list.end(), item.begin(), item.end());
    list[1] = static_cast<uint8_t>(list.size() - 2);
    return list;
}

const Identity& authority() {
    static const auto identity = make_ca();
    return identity;
}

struct Person {
    std::string address = "bob@example.org";
    int64_t not_before = 1'600'000'000, not_after = 4'000'000'000;
    std::string key_usage = "digitalSignature,keyEncipherment,keyAgreement";
    std::string extended_key_usage = "emailProtection";
    uint64_t serial = 7;
    TestKey kind = TestKey::P256;
};

Identity make(const Person& person, const Identity& issuer = authority()) {
    return issue(
        issuer, person.kind,
        {.common_name = "Bob",
         .extensions = {"basicConstraints=critical,CA:FALSE", "keyUsage=critical," + person.key_usage,
                        "extendedKeyUsage=" + person.extended_key_usage, "subjectAltName=email:" + person.address},
         .not_before = person.not_before,
         .not_after = person.not_after,
         .serial = person.serial});
}

ipc::StoredCertificate in_folder(const Identity& identity, Bytes capabilities = {}) {
    return {ipc::CertificateSource::User, 1, identity.certificate.der(), std::move(capabilities)};
}

JobOutcome encrypt_to_address(const std::string& address, std::vector<ipc::StoredCertificate> folders,
                              std::vector<Bytes> crls = {}) {
    return encrypt_to({}, bytes_of("hello"),
                      {.addresses = {address},
                       .folders = std::move(folders),
                       .anchors = {pem_of(authority().certificate)},
                       .crls = std::move(crls)});
}

void require_refused(const JobOutcome& outcome, ErrorCode code, const std::string& why) {
    CHECK(outcome.finished.code == code);
    CHECK_THAT(outcome.finished.message, ContainsSubstring(why));
    CHECK(outcome.output.empty());
}

}  // namespace

TEST_CASE("encrypt to an address: the certificate of the folder that has it, compared without case (RFC 8550 §3)") {
    const auto bob = make({}), carol = make({.address = "carol@example.org"});
    const std::vector folders{in_folder(carol), in_folder(bob)};

    for (const auto* address : {"bob@example.org", "Bob@EXAMPLE.org"}) {
        const auto outcome = encrypt_to_address(address, folders);
        REQUIRE(outcome.finished.message == "");
        CHECK(outcome.finished.recipients == std::vector{bob.certificate.fingerprint()});
        CHECK(outcome.finished.transports == std::vector<std::string>{"ecdh"});
        CHECK((text_of(openssl_decrypt(bob, outcome.output, "DER").output) == "hello"));
    }
}

TEST_CASE("encrypt to an address: nothing but the whole address will do (row 55)") {
    const std::vector folders{in_folder(make({.address = "bob@example.org.evil.example"})),
                              in_folder(make({.address = "a.bob@example.org"}))};
    for (const auto* address : {"bob@example.org", "example.org", "@", "bob"})
        require_refused(encrypt_to_address(address, folders), ErrorCode::NoSuchCertificate,
                        std::string(address) + ": no certificate is known");
}

TEST_CASE("encrypt to an address: each reason why its certificate cannot be used has its own words") {
    const std::string bob = "bob@example.org";
    const auto good = make({});
    REQUIRE(encrypt_to_address(bob, {in_folder(good)}).finished.code == ErrorCode::None);
    const auto refused = [&](const Person& person, const std::string& why) {
        require_refused(encrypt_to_address(bob, {in_folder(make(person))}), ErrorCode::CertificateUnusable,
                        bob + ": the only certificate cannot be used: " + why);
    };

    refused({.not_after = 1'735'732'800}, "expired on 2025-01-01");
    refused({.not_before = 1'800'000'000}, "not valid yet, but from 2027-01-15");
    refused({.key_usage = "nonRepudiation"}, "its key usage does not allow key agreement");
    refused({.extended_key_usage = "serverAuth"}, "it is not for mail");
    refused({.kind = TestKey::Rsa1024}, "an RSA key of 1024 bits is too weak");
    refused({.kind = TestKey::Ed25519}, "its key is not for encryption");
    require_refused(encrypt_to_address(bob, {in_folder(good)}, {make_crl(authority(), {7})}),
                    ErrorCode::CertificateUnusable, bob + ": the only certificate cannot be used: revoked");
}

TEST_CASE("encrypt to an address: of several certificates the one that became valid last is used") {
    const auto older = make({.not_before = 1'600'000'000}), newer = make({.not_before = 1'700'000'000}),
               later = make({.not_before = 1'795'000'000});

    const auto outcome = encrypt_to_address("bob@example.org", {in_folder(older), in_folder(later), in_folder(newer)});

    REQUIRE(outcome.finished.message == "");
    CHECK(outcome.finished.recipients == std::vector{newer.certificate.fingerprint()});
}

TEST_CASE("encrypt to an address: a stranger's newer certificate does not displace that of a trusted chain") {
    const auto other = make_ca("Another CA");
    const auto trusted = make({.not_before = 1'600'000'000});
    const auto stranger = make({.not_before = 1'700'000'000}, other);

    const auto both = encrypt_to_address("bob@example.org", {in_folder(stranger), in_folder(trusted)});
    const auto alone = encrypt_to_address("bob@example.org", {in_folder(stranger)});

    CHECK(both.finished.recipients == std::vector{trusted.certificate.fingerprint()});
    CHECK(alone.finished.recipients == std::vector{stranger.certificate.fingerprint()});
}

TEST_CASE("encrypt to addresses: one without a certificate ends the job, and every reason is told") {
    const auto outcome =
        encrypt_to({}, bytes_of("hello"),
                   {.addresses = {"bob@example.org", "old@example.org", "who@example.org"},
                    .folders = {in_folder(make({})),
                                in_folder(make({.address = "old@example.org", .not_after = 1'735'732'800}))}});

    require_refused(outcome, ErrorCode::CertificateUnusable, "old@example.org: the only certificate");
    CHECK_THAT(outcome.finished.message, ContainsSubstring("who@example.org: no certificate is known"));
}

TEST_CASE("encrypt to an address: junk in a folder is passed over") {
    const auto bob = make({});
    const ipc::StoredCertificate junk{ipc::CertificateSource::User, 1, sample_content(500), sample_content(20)};
    const ipc::StoredCertificate empty{};
    auto pem = in_folder(bob);
    pem.file = pem_of(bob.certificate);

    const auto outcome = encrypt_to_address("bob@example.org", {junk, empty, pem});

    CHECK(outcome.finished.recipients == std::vector{bob.certificate.fingerprint()});
}

TEST_CASE("encrypt to a certificate: one that a configured CRL revokes is refused, its chain trusted or not") {
    const auto bob = make({});
    const std::vector<Bytes> given{bob.certificate.der()}, crls{make_crl(authority(), {7})};
    REQUIRE(encrypt_to(given, bytes_of("hello"), {.crls = {make_crl(authority(), {8})}}).finished.message == "");

    require_refused(encrypt_to(given, bytes_of("hello"), {.anchors = {pem_of(authority().certificate)}, .crls = crls}),
                    ErrorCode::CertificateUnusable, "revoked");
    require_refused(encrypt_to(given, bytes_of("hello"), {.crls = crls}), ErrorCode::CertificateUnusable, "revoked");
}

TEST_CASE("encrypt, compatible: AES-256-GCM only if each recipient's remembered capabilities have it") {
    const auto bob = make({}), carol = make({.address = "carol@example.org"}), own = make({});
    const auto cipher_of = [&](Bytes bob_says, Bytes carol_says) {
        return encrypt_to({carol.certificate.der(), own.certificate.der()}, bytes_of("hello"),
                          {.addresses = {"bob@example.org"},
                           .folders = {in_folder(bob, std::move(bob_says)), in_folder(carol, std::move(carol_says))},
                           .originators = 1})
            .finished.content_cipher;
    };

    CHECK(cipher_of(capabilities({gcm, cbc}), capabilities({cbc, gcm})) == "aes-256-gcm");
    CHECK(cipher_of(capabilities({gcm}), capabilities({cbc})) == "aes-256-cbc");
    CHECK(cipher_of(capabilities({gcm}), {}) == "aes-256-cbc");
    CHECK(cipher_of({}, {}) == "aes-256-cbc");
    CHECK(cipher_of(capabilities({gcm}), sample_content(100)) == "aes-256-cbc");
}

TEST_CASE("encrypt, compatible: OAEP for each recipient whose capabilities have it as we write it (RFC 3560 §5)") {
    const auto bob = make({.kind = TestKey::Rsa2048});
    const auto carol = make({.address = "carol@example.org", .kind = TestKey::Rsa2048});
    const auto transports_for = [&](Bytes says) {
        return encrypt_to({}, bytes_of("hello"),
                          {.addresses = {"bob@example.org", "carol@example.org"},
                           .folders = {in_folder(bob, std::move(says)), in_folder(carol)}})
            .finished.transports;
    };
    using Names = std::vector<std::string>;

    CHECK(transports_for(capabilities({cbc, oaep_sha256})) == Names{"rsa-oaep", "rsa-pkcs1"});
    CHECK(transports_for(capabilities({oaep_sha1})) == Names{"rsa-pkcs1", "rsa-pkcs1"});
    CHECK(transports_for({}) == Names{"rsa-pkcs1", "rsa-pkcs1"});
}

TEST_CASE("encrypt, modern: AES-256-GCM and OAEP whatever is remembered, and a cipher that is named wins") {
    const auto& identity = recipient(TestKey::Rsa2048);
    const auto with = [&](const EncryptOptions& options) {
        return encrypt_to({identity.certificate.der()}, bytes_of("hello"), options);
    };

    const auto modern = with({.profile = ipc::EncryptionProfile::Modern});
    CHECK(modern.finished.content_cipher == "aes-256-gcm");
    CHECK(modern.finished.transports == std::vector<std::string>{"rsa-oaep"});
    CHECK((text_of(decrypt_with({&identity}, modern.output).output) == "hello"));

    const auto named = with({.cipher = ContentCipher::Aes128Cbc,
                             .rsa_transport = KeyTransport::Pkcs1,
                             .profile = ipc::EncryptionProfile::Modern});
    CHECK(named.finished.content_cipher == "aes-128-cbc");
    CHECK(named.finished.transports == std::vector<std::string>{"rsa-pkcs1"});
}

TEST_CASE("encrypt: a weak cipher is never used, though it is all that a recipient reads (RFC 8551 §2.7.1)") {
    const Bytes triple_des{0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07};
    const auto outcome = encrypt_to_address("bob@example.org", {in_folder(make({}), capabilities({triple_des}))});
    CHECK(outcome.finished.content_cipher == "aes-256-cbc");
}
