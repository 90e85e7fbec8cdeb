// SPDX-License-Identifier: LGPL-2.1-or-later
// Foreign texts made clean, and PKCS#11 URIs.
#include "token/token_text.hpp"

#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::token;

TEST_CASE("token text: padding goes, valid UTF-8 stays") {
    CHECK(clean_padded_text(bytes_of("my token        ")) == "my token");
    CHECK(clean_padded_text(bytes_of(std::string_view("my\0\0", 4))) == "my");
    CHECK(clean_padded_text(bytes_of("Schlüssel € 𝄞 ")) == "Schlüssel € 𝄞");
    CHECK(clean_padded_text(bytes_of("   ")).empty());
}

TEST_CASE("token text: what is no valid UTF-8 or a control character becomes a question mark") {
    CHECK(clean_text(bytes_of("a\xff"
                              "b")) == "a?b");
    CHECK(clean_text(bytes_of("a\nb\x7f")) == "a?b?");
    CHECK(clean_text(bytes_of("\xc0\x80")) == "??");            // an over-long NUL
    CHECK(clean_text(bytes_of("\xed\xa0\x80")) == "???");       // a surrogate
    CHECK(clean_text(bytes_of("\xf4\x90\x80\x80")) == "????");  // beyond U+10FFFF
    CHECK(clean_text(bytes_of("\xe2\x82")) == "??");            // cut
}

TEST_CASE("token text: a limit never cuts a character") {
    CHECK(limited_text("abc", 3) == "abc");
    CHECK(limited_text("abcd", 3) == "abc");
    CHECK(limited_text("aü", 2) == "a");
    CHECK(limited_text("€€", 5) == "€");
}

TEST_CASE("token text: a token's URI escapes all but unreserved characters (RFC 7512)") {
    const TokenDescription token{"my token;=ü", "Maker/1", "M-1_a.b~", "00ff"};

    const auto id = token_uri(token);

    CHECK(id.value == "pkcs11:model=M-1_a.b~;manufacturer=Maker%2F1;serial=00ff;token=my%20token%3B%3D%C3%BC");
    CHECK(key_uri(id, Bytes{0x01, 0xab}, "k 1") == id.value + ";id=%01%AB;object=k%201;type=private");
    CHECK(key_uri(id, Bytes{0x01}, "") == id.value + ";id=%01;type=private");
}

TEST_CASE("token text: two tokens with one label differ by serial (row 66)") {
    CHECK(token_uri({"same", "maker", "model", "1"}) != token_uri({"same", "maker", "model", "2"}));
}
