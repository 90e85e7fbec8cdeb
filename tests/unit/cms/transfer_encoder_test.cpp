// SPDX-License-Identifier: LGPL-2.1-or-later
// Encoding a body for 7-bit transport: our own decoder and every rule of RFC 2045 §6.7 agree with it.
#include <algorithm>

#include "catch.hpp"
#include "cms/transfer_decoder.hpp"
#include "cms/transfer_encoder.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

/// Written in pieces of that size.
std::string quoted_printable(std::string_view text, size_t piece) {
    MemorySink out;
    const auto encoder = make_transfer_encoder(TransferEncoding::QuotedPrintable, out);
    for (size_t at = 0; at < text.size(); at += piece) encoder->write(bytes_of(text.substr(at, piece)));
    encoder->finish();
    return std::string(text_of(out.bytes()));
}

std::string decoded(std::string_view encoding, std::string_view text) {
    MemorySink out;
    const auto decoder = make_transfer_decoder(encoding, out);
    decoder->write(bytes_of(text));
    decoder->finish();
    return std::string(text_of(out.bytes()));
}

bool is_seven_bit(const std::string& text, size_t piece = 7) {
    MemorySink out;
    SevenBitProbe probe(out);
    for (size_t at = 0; at < text.size(); at += piece) probe.write(bytes_of(std::string_view(text).substr(at, piece)));
    CHECK((text_of(out.bytes()) == text));
    return probe.is_seven_bit();
}

}  // namespace

TEST_CASE("transfer encoding: RFC 2045 6.7: what transport would change is encoded, the rest can be read") {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"plain text\r\n", "plain text\r\n"},
             {"gr\xc3\xbc\xc3\x9f a=b\r\n", "gr=C3=BC=C3=9F a=3Db\r\n"},
             {"space \r\ntab\t\r\n", "space=20\r\ntab=09\r\n"},
             {"two  \r\n", "two =20\r\n"},
             {"no end ", "no end=20"},
             {".\r\n..x\r\na.b\r\n", "=2E\r\n=2E.x\r\na.b\r\n"},
             {"From me\r\nFrom:\r\n From me\r\n", "From=20me\r\nFrom:\r\n From me\r\n"},
             {std::string("nul\0\x7f\x01\r\n", 8), "nul=00=7F=01\r\n"},
             {"\r\n\r\n", "\r\n\r\n"}})
        for (const size_t piece : {1, 2, 100}) CHECK(quoted_printable(text, piece) == expected);
}

TEST_CASE("transfer encoding: RFC 2045 6.7: encoded lines have 76 characters at most, and decode to what they were") {
    std::string text;
    for (size_t size = 0; size < 200; ++size) {
        text += std::string(size, size % 3 == 0 ? ' ' : 'x') + "\r\n";
        text += std::string(size, '\xe9') + (size % 2 ? "y" : "") + "\r\n";
    }
    text += std::string(5000, 'z');
    for (const size_t piece : {3, 1000}) {
        const auto encoded = quoted_printable(text, piece);
        CHECK((decoded("quoted-printable", encoded) == text));
        CHECK(is_seven_bit(encoded));
        size_t longest = 0;
        for (size_t at = 0; at < encoded.size();) {
            const auto end = std::min(encoded.find("\r\n", at), encoded.size());
            longest = std::max(longest, end - at);
            at = end + 2;
        }
        CHECK(longest == 76);
    }
}

TEST_CASE("transfer encoding: RFC 2045 2.7: 7-bit text has no octet over 127, no NUL, and lines of 998 at most") {
    CHECK(is_seven_bit("hello\r\n\x01\x7f\r\n"));
    CHECK(is_seven_bit(std::string(998, 'x') + "\r\n" + std::string(998, 'x') + "\r\n"));
    CHECK(!is_seven_bit(std::string(999, 'x') + "\r\n"));
    CHECK(!is_seven_bit("a\r\n" + std::string(5000, 'x')));
    CHECK(!is_seven_bit(std::string("a\0\r\n", 4)));
    CHECK(!is_seven_bit("caf\xe9\r\n"));
}
