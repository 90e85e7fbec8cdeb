// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of what a program reads, as people are told it.
#include "cms/capabilities.hpp"

#include "catch.hpp"
#include "cms/ber_writer.hpp"
#include "cms/own_capabilities.hpp"
#include "handmade.hpp"

using namespace cardseal;
using namespace cardseal::cms;
using namespace cardseal::cms::test;

namespace {

using Names = std::vector<std::string>;

Names names_of(const std::vector<const char*>& types) {
    std::vector<Bytes> items;
    for (const auto* type : types) items.push_back(der_value(0x30, oid(type)));
    return read_capabilities(der_value(0x30, joined(items))).names;
}

}  // namespace

TEST_CASE("capabilities: what we announce has names, each once") {
    const auto [kind, way] = GENERATE(table<TestKey, std::string>(
        {{TestKey::Rsa2048, "rsa-oaep"}, {TestKey::P256, "ecdh"}, {TestKey::X25519, "ecdh"}}));
    const auto own = issue(make_ca(), kind).certificate;

    CHECK(read_capabilities(own_capabilities(&own)).names ==
          Names{"aes-256-gcm", "chacha20-poly1305", "aes-128-gcm", "aes-256-cbc", "aes-128-cbc", way});
}

TEST_CASE("capabilities: what others announce has names, each once, and what nobody knows keeps its number") {
    constexpr const char* rc2 = "1.2.840.113549.3.2";  // once for each length of its key

    CHECK(names_of({"1.2.840.113549.3.7", rc2, rc2, "1.3.14.3.2.7", "2.16.840.1.101.3.4.1.45", "1.3.132.1.11.1",
                    "2.16.840.1.101.3.4.2.1", "1.3.6.1.4.1.99999.7", "1.3.6.1.4.1.99999.7"}) ==
          Names{"3des-cbc", "rc2-cbc", "des-cbc", "aes-256-wrap", "ecdh", "sha256", "1.3.6.1.4.1.99999.7"});
}
