// SPDX-License-Identifier: LGPL-2.1-or-later
// Which key a pattern means, and colon listings of two houses put together.
#include "catch.hpp"
#include "gpgsm/colon_listing.hpp"

using namespace cardseal::gpgsm;

namespace {

constexpr auto anna_fingerprint = "56D44F2EA206F2DD76630723361C7625C734B1EF";

Entry anna() {
    Entry entry;
    entry.certificate.fingerprint = anna_fingerprint;
    entry.certificate.fingerprint_256 = std::string(64, 'B');
    entry.certificate.keygrip = "9749D71B1A93660BB0799BBBEACC2D7BD699B2D7";
    entry.certificate.serial = "298C";
    entry.certificate.issuer = "O=MC,CN=Test CA";
    entry.certificate.subject = "CN=Anna: Example";
    entry.certificate.names = {"CN=Anna: Example", "<anna@example.org>"};
    entry.certificate.created = "20260101T000000";
    entry.certificate.expires = "20990101T000000";
    entry.certificate.algorithm = 1;
    entry.certificate.bits = 2048;
    entry.key = "sha256:aa";
    entry.issuer = "6A76F368B840010AFEC5C43EC37FBC4F8FF2DB15";
    entry.can_sign = entry.can_encrypt = true;
    return entry;
}

const std::string bob =
    "crt:f:2048:1:44FC4498B108BA37:::::CN=CA::es::::::23:\n"
    "fpr:::::::::EB06D74D44F9345352BCA23C44FC4498B108BA37::::\nuid:f::::::::CN=Bob::\n";
const std::string anna_of_gpgsm = std::string("crt:f:2048:1:361C7625C734B1EF:::::CN=CA::es::::::23:\nfpr:::::::::") +
                                  anna_fingerprint + "::::\nuid:f::::::::CN=Anna::\n";

}  // namespace

TEST_CASE("gpgsm pattern: fingerprints, key ids, names, addresses, serial numbers and key grips") {
    for (const auto* pattern :
         {anna_fingerprint, "0x56d44f2ea206f2dd76630723361c7625c734b1ef", "361C7625C734B1EF", "C734B1EF", "",
          "&9749D71B1A93660BB0799BBBEACC2D7BD699B2D7", "<Anna@Example.org>", "anna@example", "*exam",
          "/CN=Anna: Example", "#298C/O=MC,CN=Test CA", "#298c", "#/O=MC,CN=Test CA"}) {
        INFO(pattern);
        CHECK(fits(anna(), pattern));
    }
    for (const auto* pattern : {"56D44F2EA206F2DD76630723361C7625C734B1EE", "361C7625", "&00", "<anna@example.or>",
                                "bob", "/CN=Anna", "#298D", "#298C/CN=Other", "#/CN", "#", "&", "<"}) {
        INFO(pattern);
        CHECK_FALSE(fits(anna(), pattern));
    }
}

TEST_CASE("gpgsm listing: a key has gpgsm's fields, and a name cannot end its own") {
    const auto text = describe(anna(), SecretMark::Shown);

    CHECK(text ==
          "crs::2048:1:361C7625C734B1EF:20260101T000000:20990101T000000:298C::O=MC,CN=Test CA::esES:::+::::\n"
          "fpr:::::::::56D44F2EA206F2DD76630723361C7625C734B1EF:::6A76F368B840010AFEC5C43EC37FBC4F8FF2DB15:\n"
          "fp2:::::::::" +
              std::string(64, 'B') +
              "::::\n"
              "grp:::::::::9749D71B1A93660BB0799BBBEACC2D7BD699B2D7::::\n"
              "uid:::::::::CN=Anna\\x3a Example::\n"
              "uid:::::::::<anna@example.org>::\n");
}

TEST_CASE("gpgsm listing: validity is what was judged and nothing else") {
    auto entry = anna();
    CHECK(describe(entry, SecretMark::None).starts_with("crs::"));
    entry.validity = Validity::Trusted;
    CHECK(describe(entry, SecretMark::None).starts_with("crs:f:"));
    entry.validity = Validity::Revoked;
    CHECK(describe(entry, SecretMark::None).starts_with("crs:r:"));
    entry.validity = Validity::Trusted;
    entry.certificate.expires = "20200101T000000";
    CHECK(describe(entry, SecretMark::None).starts_with("crs:e:"));
    entry.certificate.created = "20980101T000000";
    entry.certificate.expires = "20990101T000000";
    entry.validity = Validity::Expired;  // the daemon's word for "not now"
    CHECK(describe(entry, SecretMark::None).starts_with("crs:i:"));
}

TEST_CASE("gpgsm listing: what both have is listed once, as ours, with gpgsm's verdict where we have none") {
    const auto text = merge({anna()}, SecretMark::None, bob + anna_of_gpgsm);

    CHECK(text.starts_with("crs:f:2048"));
    CHECK(text.find("CN=Anna::") == text.npos);
    CHECK(text.ends_with(bob));
}

TEST_CASE("gpgsm listing: without ours gpgsm's stays as it is, whatever it is") {
    CHECK(merge({}, SecretMark::None, bob + anna_of_gpgsm) == bob + anna_of_gpgsm);
    CHECK(merge({}, SecretMark::None, "no record\n\n:::") == "no record\n\n:::");
    CHECK(merge({}, SecretMark::None, "").empty());
}
