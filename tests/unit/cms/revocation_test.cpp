// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of what a verification says of revocation (RFC 8550 §4.1, RFC 5280 §6.3; BAD_INPUT row 60).
#include "catch.hpp"
#include "handmade.hpp"
#include "verify_request.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;
using ipc::ChainVerdict;
using ipc::RevocationVerdict;

namespace {

Bytes message_with(const Identity& signer, const std::vector<Bytes>& embedded = {},
                   const std::vector<const Certificate*>& certificates = {}) {
    return Handmade{.identity = signer,
                    .attributes = set_of({content_type(), digest_attribute({digest_value()})}),
                    .certificates = certificates,
                    .crls = embedded}
        .message();
}

ipc::SignerReport judge(const std::vector<Bytes>& crls, const std::vector<Bytes>& embedded = {}) {
    const auto& p = people();
    return verify({.message = message_with(p.ec, embedded),
                   .anchors = p.anchors,
                   .crls = crls,
                   .content = handmade_content})
        .signer();
}

constexpr uint64_t serial_of_ec = 3;

}  // namespace

TEST_CASE("revocation: RFC 8550 4.1: a current list clears a certificate or revokes it, with the date") {
    const auto& p = people();

    const auto good = judge({make_crl(p.ca, {77})});
    CHECK(good.valid);
    CHECK(good.revocation == RevocationVerdict::Good);
    CHECK(good.revocation_reason.empty());

    const auto revoked = judge({make_crl(p.ca, {serial_of_ec})});
    CHECK_FALSE(revoked.valid);
    CHECK(revoked.chain == ChainVerdict::Revoked);
    CHECK(revoked.revocation == RevocationVerdict::Revoked);
    CHECK(revoked.revocation_reason == "the certificate was revoked on 2023-11-14");
}

TEST_CASE("revocation: without a configured list the chain is trusted and revocation is unknown, with the reason") {
    const auto report = judge({});

    CHECK(report.valid);
    CHECK(report.chain == ChainVerdict::Trusted);
    CHECK(report.revocation == RevocationVerdict::Unknown);
    CHECK(report.revocation_reason == "no CRL is configured");
}

TEST_CASE("revocation: row 60: a list that is stale, early, another's or forged clears nobody") {
    const auto& p = people();
    const auto forger = make_ca();  // of the same name
    const auto unknown = [](const Bytes& crl) {
        const auto report = judge({crl});
        CHECK_FALSE(report.valid);
        CHECK(report.chain == ChainVerdict::Unknown);
        CHECK(report.revocation == RevocationVerdict::Unknown);
        return report.revocation_reason;
    };
    REQUIRE(judge({make_crl(p.ca, {})}).valid);

    CHECK(unknown(make_crl(p.ca, {}, {now - 1000, now - 500})) ==
          "the CRL is stale, a newer one was due on 2026-09-21");
    CHECK(unknown(make_crl(p.ca, {}, {now + 500, now + 1000})) == "the CRL is not yet valid");
    CHECK(unknown(make_crl(make_ca("Other CA"), {})) == "no configured CRL is of its issuer");
    CHECK(unknown(make_crl(forger, {})) == "the CRL's signature is bad");
}

TEST_CASE("revocation: row 60: an older list that is replayed does not hide a newer one") {
    const auto& p = people();
    const auto older = make_crl(p.ca, {}, {now - 1000, now + 1000});
    const auto newer = make_crl(p.ca, {serial_of_ec}, {now - 500, now + 500});
    REQUIRE(judge({older}).revocation == RevocationVerdict::Good);

    for (const auto& report : {judge({older, newer}), judge({newer, older}), judge({newer}, {older})}) {
        CHECK_FALSE(report.valid);
        CHECK(report.revocation == RevocationVerdict::Revoked);
    }
}

TEST_CASE("revocation: a list in the message never clears its signer") {
    const auto& p = people();
    const auto own = make_crl(p.ca, {});

    const auto alone = judge({}, {own});
    CHECK(alone.valid);
    CHECK(alone.revocation == RevocationVerdict::Unknown);

    const auto beside_others = judge({make_crl(make_ca("Other CA"), {})}, {own});
    CHECK_FALSE(beside_others.valid);
    CHECK(beside_others.revocation == RevocationVerdict::Unknown);
}

TEST_CASE("revocation: RFC 8550 2.1, RFC 5652 5.1: lists of versions 1 and 2 in a message can revoke its signer") {
    const auto& p = people();

    for (const long version : {X509_CRL_VERSION_1, X509_CRL_VERSION_2}) {
        const auto revoking = make_crl(p.ca, {serial_of_ec}, {.version = version});
        const auto report = judge({}, {make_crl(p.ca, {77}, {.version = version}), revoking});
        CHECK_FALSE(report.valid);
        CHECK(report.revocation == RevocationVerdict::Revoked);
        CHECK(report.revocation_reason == "the certificate was revoked on 2023-11-14 (by a CRL in the message)");
        CHECK(judge({make_crl(p.ca, {})}, {revoking}).revocation == RevocationVerdict::Revoked);
    }
}

TEST_CASE("revocation: a forged list in the message revokes nobody") {
    const auto& p = people();
    const auto forged = make_crl(make_ca(), {serial_of_ec});

    CHECK(judge({make_crl(p.ca, {})}, {forged}).valid);
    CHECK(judge({}, {forged}).valid);
}

TEST_CASE("revocation: an issuer's certificate is asked about too") {
    const auto root = make_ca("Root");
    const auto issuer = issue(root, TestKey::P256, ca_text("Issuer"));
    const auto person = issue(issuer, TestKey::P256, {.serial = 51});
    const auto message = message_with(person, {}, {&person.certificate, &issuer.certificate});
    const auto with = [&](const std::vector<Bytes>& crls) {
        return verify(
                   {.message = message, .anchors = {root.certificate.der()}, .crls = crls, .content = handmade_content})
            .signer();
    };
    REQUIRE(with({make_crl(issuer, {}), make_crl(root, {})}).revocation == RevocationVerdict::Good);

    const auto revoked = with({make_crl(issuer, {}), make_crl(root, {900})});
    CHECK(revoked.revocation == RevocationVerdict::Revoked);
    CHECK(revoked.revocation_reason == "an issuer's certificate was revoked on 2023-11-14");
    const auto unknown = with({make_crl(issuer, {})});
    CHECK(unknown.revocation == RevocationVerdict::Unknown);
    CHECK(unknown.revocation_reason == "no configured CRL is of its issuer (for an issuer's certificate)");
}

TEST_CASE("revocation: nobody who is not trusted says who is revoked") {
    const auto stranger_ca = make_ca("Stranger");
    const auto stranger = issue(stranger_ca, TestKey::P256, {.serial = 5});

    const auto report = verify({.message = message_with(stranger, {make_crl(stranger_ca, {5})}),
                                .anchors = people().anchors,
                                .content = handmade_content})
                            .signer();

    CHECK(report.chain == ChainVerdict::Untrusted);
    CHECK(report.revocation == RevocationVerdict::Unknown);
    CHECK(report.revocation_reason == "the certificate's issuer is not trusted");
}
