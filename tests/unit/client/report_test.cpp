// SPDX-License-Identifier: LGPL-2.1-or-later
// Answers of the daemon as texts.
#include "command/report.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace cardseal::client;

namespace {

Verification verification_of(bool valid) {
    Signer signer;
    signer.valid = valid;
    signer.signature = "good";
    signer.chain = valid ? "trusted" : "expired";
    signer.reason = valid ? "" : "the certificate has expired";
    signer.fingerprint = "ab12";
    signer.subject = "CN=Anna";
    signer.addresses = {"anna@example.org"};
    signer.signing_time = 1769860800;
    signer.revocation = "unknown";
    signer.revocation_reason = "no CRL is configured";
    signer.address_match = "unchecked";
    signer.key_algorithm = "rsa";
    signer.key_bits = 2048;
    Verification verification;
    verification.valid = valid;
    verification.signers = {signer};
    verification.parts = {{"", "multipart/mixed", "plain", "", 900, false},
                          {"1", "multipart/signed", "signed", "", 700, true},
                          {"1.1", "text/plain", "plain", "", 90, true},
                          {"2", "text/plain", "plain", "foot\n.txt", 60, false}};
    return verification;
}

}  // namespace

TEST_CASE("report: the verification's JSON has the promised members in their order, and no others") {
    const auto json = nlohmann::ordered_json::parse(to_json(verification_of(true)));

    CHECK(json.dump() ==
          R"({"valid":true,"signers":[{"valid":true,"signature":"good","chain":"trusted","reason":"",)"
          R"("fingerprint":"ab12","subject":"CN=Anna","addresses":["anna@example.org"],)"
          R"("signing_time":"2026-01-31T12:00:00Z","digest_algorithm":"","signature_algorithm":"",)"
          R"("revocation":"unknown","revocation_reason":"no CRL is configured","weaknesses":[],)"
          R"("address_match":"unchecked","key_algorithm":"rsa","key_bits":2048,"certificate":null}],"headers":[],"parts":[)"
          R"({"path":"","media_type":"multipart/mixed","kind":"plain","file_name":"","bytes":900,"covered":false},)"
          R"({"path":"1","media_type":"multipart/signed","kind":"signed","file_name":"","bytes":700,"covered":true},)"
          R"({"path":"1.1","media_type":"text/plain","kind":"plain","file_name":"","bytes":90,"covered":true},)"
          R"({"path":"2","media_type":"text/plain","kind":"plain","file_name":"foot\n.txt","bytes":60,"covered":false}]})");
}

TEST_CASE("report: of the protected headers people see who, to whom, when and what about, harmless to a terminal") {
    const std::vector<Header> headers{{"FROM", "Anna <anna@example.org>"},
                                      {"X-Mailer", "x"},
                                      {"Subject", "=?utf-8?q?gr=C3=BC=1B[2J?="},
                                      {"HP-Outer", "Subject: [...]"}};
    CHECK(describe(headers) == "protected from: Anna <anna@example.org>\nprotected subject: grü\\u{1B}[2J\n");

    auto verification = verification_of(true);
    verification.headers = {{"Subject", "a\"b"}};
    const auto json = nlohmann::json::parse(to_json(verification));
    CHECK(json["headers"].dump() == R"([{"name":"Subject","value":"a\"b"}])");
}

TEST_CASE("report: no signer and no signing time are an empty list and null") {
    auto verification = verification_of(true);
    verification.signers.front().signing_time = 0;

    CHECK(nlohmann::json::parse(to_json(Verification{}))["signers"] == nlohmann::json::array());
    CHECK(nlohmann::json::parse(to_json(verification))["signers"][0]["signing_time"].is_null());
}

TEST_CASE("report: people are told who signed, and why a signature is not valid") {
    const auto good = describe(verification_of(true));
    const auto bad = describe(verification_of(false));

    CHECK_THAT(good, ContainsSubstring("signer 1: anna@example.org"));
    CHECK_THAT(good,
               ContainsSubstring("\nvalid: signed by anna@example.org and unchanged since; whether the certificate "
                                 "was revoked is not known (no CRL is configured)\n"));
    CHECK_THAT(bad, ContainsSubstring("NOT VALID: the certificate has expired"));
    CHECK_THAT(bad,
               ContainsSubstring("NOT VALID: do not trust who signed this, though the content is unchanged since"));
    CHECK_THAT(describe(Verification{}), ContainsSubstring("not signed"));
}

TEST_CASE("report: people are told of revocation, the mail's sender and weaknesses in words") {
    auto verification = verification_of(false);
    auto& signer = verification.signers.front();
    signer.signature = "bad";
    signer.revocation = "revoked";
    signer.revocation_reason = "the certificate was revoked on 2026-01-02";
    signer.address_match = "mismatch";
    signer.weaknesses = {"the digest sha1 is too weak"};

    const auto text = describe(verification);

    CHECK_THAT(text, ContainsSubstring("revocation  REVOKED: the certificate was revoked on 2026-01-02\n"));
    CHECK_THAT(text, ContainsSubstring("sender      the mail says that it is from somebody else\n"));
    CHECK_THAT(text, ContainsSubstring("weak        the digest sha1 is too weak\n"));
    CHECK_THAT(text, ContainsSubstring("key         RSA, 2048 bits\n"));
    CHECK_THAT(text, ContainsSubstring("NOT VALID: do not trust the content, nor who is said to have signed it\n"));
}

TEST_CASE("report: people are told which parts of a mail nobody signed, and not of what holds parts") {
    const auto text = describe(verification_of(true));

    CHECK_THAT(text, ContainsSubstring("\npart 2 text/plain (foot\\u{A}.txt): not signed\n"));
    CHECK_THAT(text, !ContainsSubstring("multipart/mixed"));
    CHECK_THAT(text, !ContainsSubstring("part 1"));
}

TEST_CASE("report: names from certificates cannot steer the terminal") {
    auto verification = verification_of(true);
    verification.signers.front().addresses = {"a\x1b[1A@example.org"};
    verification.signers.front().subject = "CN=a\nsigner 2: boss@example.org";

    const auto text = describe(verification);

    CHECK(text.find('\x1b') == std::string::npos);
    CHECK_THAT(text, !ContainsSubstring("\nsigner 2"));
}

TEST_CASE("report: colours stand around what is printable already, and nothing else changes") {
    const Palette palette{Paint("32"), Paint("31"), Paint("33"), Paint("1")};
    auto verification = verification_of(true);
    verification.signers.front().addresses = {"a\x1b[1A@example.org"};

    auto text = describe(verification, palette);

    CHECK_THAT(text, ContainsSubstring("\x1b[1msigner 1: a\\u{1B}[1A@example.org\x1b[0m\n"));
    CHECK_THAT(text, ContainsSubstring("    chain       \x1b[32mtrusted\x1b[0m\n"));
    for (const std::string code : {"\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"})
        for (auto found = text.find(code); found != text.npos; found = text.find(code)) text.erase(found, code.size());
    CHECK(text == describe(verification));
}

TEST_CASE("report: keys and status are complete JSON objects") {
    Key key;
    key.id = "sha256:00";
    key.certificate = {1, 2, 3};
    Status status;
    status.modules = {{"/m.so", "running", "", {Token{}}, {}}};

    const auto keys_json = nlohmann::json::parse(to_json(std::vector<Key>{key}));
    const auto status_json = nlohmann::json::parse(to_json(status));

    CHECK(keys_json["keys"][0]["key"] == "sha256:00");
    CHECK_THAT(keys_json["keys"][0]["certificate"].get<std::string>(), ContainsSubstring("AQID"));
    CHECK(nlohmann::json::parse(to_json(std::vector<Key>{}))["keys"].empty());
    CHECK(status_json["modules"][0]["path"] == "/m.so");
    CHECK(status_json["modules"][0]["tokens"].size() == 1);
}

TEST_CASE("report: an error is one line with its name and one with the next step") {
    CHECK(describe(Error("org.cardseal.Error.TokenAbsent", "no token 'card'")) ==
          "cardseal: TokenAbsent: no token 'card'\nnext: insert the token, then try again; "
          "'cardseal status' shows the tokens present\n");
}

TEST_CASE("report: a certificate says whether it can be encrypted to and why not, harmless to a terminal") {
    StoredCertificate certificate;
    certificate.fingerprint = "ab12";
    certificate.subject = "CN=Bob\x1b[31m";
    certificate.addresses = {"bob@example.org"};
    certificate.source = "user";
    certificate.reason = "expired on 2025-01-01";

    const auto text = describe(std::vector{certificate});
    CHECK_THAT(text, ContainsSubstring("bob@example.org\n"));
    CHECK_THAT(text, ContainsSubstring("NO: expired on 2025-01-01"));
    CHECK(text.find('\x1b') == text.npos);
    CHECK_THAT(describe_with_pem({certificate}), ContainsSubstring("-----BEGIN CERTIFICATE-----"));

    const auto json = nlohmann::json::parse(to_json(std::vector{certificate}));
    CHECK(json["certificates"][0]["fingerprint"] == "ab12");
    CHECK(json["certificates"][0]["reason"] == "expired on 2025-01-01");
}
