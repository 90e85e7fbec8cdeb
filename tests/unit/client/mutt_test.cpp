// SPDX-License-Identifier: LGPL-2.1-or-later
// What cardseal-mutt takes from mutt, and the indexes that mutt reads.
#include "catch.hpp"
#include "mutt/arguments.hpp"
#include "mutt/index.hpp"

using namespace cardseal::client;
using namespace cardseal::client::mutt;

namespace {

StoredCertificate certificate(const std::string& fingerprint, const std::string& chain,
                              const std::vector<std::string>& addresses) {
    StoredCertificate certificate;
    certificate.fingerprint = fingerprint;
    certificate.chain = chain;
    certificate.addresses = addresses;
    return certificate;
}

}  // namespace

TEST_CASE("mutt: of the path that it makes of its folder and a name the name counts") {
    const auto request = std::get<EncryptEntity>(mutt::parse_arguments(
        5, std::vector<const char*>{"cardseal-mutt", "encrypt", "/tmp/x", "/a b/c/bob@example.org", "/a b/c/default"}
               .data()));

    CHECK(request.entity == "/tmp/x");
    CHECK(request.recipients == std::vector<std::string>{"bob@example.org", "default"});
    CHECK(name_in("alice@example.org") == "alice@example.org");
}

TEST_CASE("mutt: an address stands in the index once, trusted if one of its certificates is") {
    CHECK(certificate_index({certificate("aa", "untrusted", {"b@x"}), certificate("bb", "trusted", {"b@x", "c@x"}),
                             certificate("cc", "untrusted", {"c@x"}), certificate("dd", "unknown", {"a@x"})}) ==
          "a@x a@x dd ? u e\nb@x b@x bb ? t e\nc@x c@x bb ? t e\n");
}

TEST_CASE("mutt: a certificate that cannot be encrypted to is not in the index") {
    auto expired = certificate("aa", "expired", {"a@x"});
    expired.reason = "expired";

    CHECK(certificate_index({expired}).empty());
}

TEST_CASE("mutt: an address that a shell or mutt takes for more is not in the index") {
    for (const std::string address : {"a;id@x", "a$(id)@x", "a`id`@x", "a b@x", "a\nb@x c ? t e", "a/b@x", "-a@x",
                                      "\"a\"@x", "a'@x", "a&@x", "a|@x", "a*@x", "a~@x", "a\\@x", ""}) {
        CAPTURE(address);
        CHECK(certificate_index({certificate("aa", "trusted", {address})}).empty());
        Key key;
        key.addresses = {address};
        CHECK(key_index({key}).empty());
    }
    CHECK(certificate_index({certificate("aa", "trusted", {std::string(300, 'a') + "@x"})}).empty());
}
