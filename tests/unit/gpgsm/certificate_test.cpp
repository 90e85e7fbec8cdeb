// SPDX-License-Identifier: LGPL-2.1-or-later
// Certificates as gpgsm tells of them.
#include <string>

#include "catch.hpp"
#include "gpgsm/certificate.hpp"

using namespace cardseal::gpgsm;

namespace {

// EC P-256, self-signed, with a comma in its organisation and an umlaut in its name.
const std::string anna =
    "308201eb30820192a0030201020204298c7d59300a06082a8648ce3d040302304531133011060355040a0c0a54657374732c204c"
    "74643110300e06035504030c07416e6e6120c39c311c301a06092a864886f70d010901160d61406578616d706c652e6f7267301e"
    "170d3236313132353138313230355a170d3336313132323138313230355a304531133011060355040a0c0a54657374732c204c74"
    "643110300e06035504030c07416e6e6120c39c311c301a06092a864886f70d010901160d61406578616d706c652e6f7267305930"
    "1306072a8648ce3d020106082a8648ce3d0301070342000446dfc61d522313e25bc3e2c8aa0cc73f5ff11cc7d9b797ce280717bc"
    "55fb55e329de40b81b5ea957880060caabaa0e1fac3e6cd830a3b317110b6d5ad81207fea370306e301d0603551d0e0416041476"
    "a2f6b311b6e6d110c98390065383c743bf6fc5301f0603551d2304183016801476a2f6b311b6e6d110c98390065383c743bf6fc5"
    "300f0603551d130101ff040530030101ff301b0603551d11041430128110616e6e61406578616d706c652e6f7267300a06082a86"
    "48ce3d04030203470030440220482537c248eb4c98abe00f43120c69e9194f88a83d807697996f5b012c65c294022023c473bf6d"
    "6dc1d3ea615d08901f2b056dd6104df7b064f415726b73ae90b7f9";

std::vector<uint8_t> from_hex(const std::string& text) {
    std::vector<uint8_t> bytes;
    for (size_t i = 0; i < text.size(); i += 2)
        bytes.push_back(static_cast<uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

}  // namespace

TEST_CASE("gpgsm certificate: its facts are those that gpgsm 2.2.40 printed") {
    const auto certificate = read_certificate(from_hex(anna));

    REQUIRE(certificate);
    CHECK(certificate->fingerprint == "E930C126B89DBBE43B8271819678662714C57D3D");
    CHECK(certificate->fingerprint_256 == "9AE7E5159BF0F01B130BE27CAF3EF11948902AB7554ED1F9F259B44BEB48435E");
    CHECK(certificate->keygrip == "05B6F2C90ACC3E9BDE914A64135DE386318AF46C");
    CHECK(certificate->key_id() == "9678662714C57D3D");
    CHECK(certificate->serial == "298C7D59");
    CHECK(certificate->subject == "1.2.840.113549.1.9.1=#61406578616D706C652E6F7267,CN=Anna Ü,O=Tests\\, Ltd");
    CHECK(certificate->names ==
          std::vector<std::string>{certificate->subject, "<a@example.org>", "<anna@example.org>"});
    CHECK(certificate->is_self_signed());
    CHECK(certificate->created == "20261125T181205");
    CHECK(certificate->expires == "20361122T181205");
    CHECK(certificate->algorithm == 18);
    CHECK(certificate->bits == 256);
    CHECK(certificate->curve == "nistp256");
}

TEST_CASE("gpgsm certificate: one that is cut short or no certificate is not there") {
    const auto der = from_hex(anna);
    for (size_t size = 0; size < der.size(); size += 61) CHECK_FALSE(read_certificate(std::span(der).first(size)));
    CHECK_FALSE(read_certificate(std::span(der).first(der.size() - 1)));
    CHECK_FALSE(read_certificate(std::vector<uint8_t>(500, 0x30)));
}

TEST_CASE("gpgsm certificate: times are UTC in ISO 8601's short form") {
    CHECK(iso_time(0) == "19700101T000000");
    CHECK(iso_time(1795440118) == "20261123T132158");
}
