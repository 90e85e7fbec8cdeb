// SPDX-License-Identifier: LGPL-2.1-or-later
// Encoded words in header fields.
#include "command/encoded_words.hpp"

#include "catch.hpp"

using namespace cardseal::client;

TEST_CASE("encoded words: RFC 2047: both encodings are read, and space between two words is none") {
    CHECK(decode_encoded_words("plain  text") == "plain  text");
    CHECK(decode_encoded_words("=?utf-8?Q?Gr=C3=BC=C3=9Fe_an?= Bob") == "Grüße an Bob");
    CHECK(decode_encoded_words("a =?UTF-8?B?R3LDvMOfZQ==?= b") == "a Grüße b");
    CHECK(decode_encoded_words("=?iso-8859-1?q?caf=e9?=") == "café");
    CHECK(decode_encoded_words("=?us-ascii*en?q?a?=  =?us-ascii?q?b?= c") == "ab c");
}

TEST_CASE("encoded words: what is malformed or in another character set stays as it is") {
    for (const char* value : {"=?utf-8?Q?a=C?=", "=?utf-8?Q?a=XX?=", "=?utf-8?B?*?=", "=?koi8-r?Q?a?=", "=?utf-8?Q?a",
                              "=?utf-8?X?a?=", "=?", "=?utf-8", "=?utf-8?Q?a b?=", " two  spaces "})
        CHECK(decode_encoded_words(value) == value);
}
