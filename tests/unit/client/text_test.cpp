// SPDX-License-Identifier: LGPL-2.1-or-later
// Texts for terminals, PEM, and the progress bar's line.
#include "command/text.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "command/progress_bar.hpp"

using namespace cardseal::client;

TEST_CASE("text: letters of every script are shown as they are") {
    CHECK(printable("Ann Example <a@b>") == "Ann Example <a@b>");
    CHECK(printable("J\u00FCrgen \u5C71\u7530 \U0001F511") == "J\u00FCrgen \u5C71\u7530 \U0001F511");
}

TEST_CASE("text: what steers a terminal or turns the direction of writing is spelled out") {
    CHECK(printable("a\x1b[2Jb") == "a\\u{1B}[2Jb");
    CHECK(printable("a\r\nb\t") == "a\\u{D}\\u{A}b\\u{9}");
    CHECK(printable(std::string("a\0b", 3)) == "a\\u{0}b");
    CHECK(printable("\x7f\u009b") == "\\u{7F}\\u{9B}");
    CHECK(printable("a\u202Eb\u2066") == "a\\u{202E}b\\u{2066}");
    CHECK(printable("\u2028") == "\\u{2028}");
}

TEST_CASE("text: bytes that are no UTF-8 are spelled out one by one") {
    CHECK(printable("\xff") == "\\u{FF}");
    CHECK(printable("a\xc3") == "a\\u{C3}");
    CHECK(printable("\xc0\x9b") == "\\u{C0}\\u{9B}");
    CHECK(printable("\xe2\x80x") == "\\u{E2}\\u{80}x");
    CHECK(printable("\xe0\x82\x9b") == "\\u{E0}\\u{82}\\u{9B}");
}

TEST_CASE("text: sizes have the unit that keeps them short") {
    CHECK(format_size(0) == "0 bytes");
    CHECK(format_size(1) == "1 byte");
    CHECK(format_size(1023) == "1023 bytes");
    CHECK(format_size(1024) == "1.0 KiB");
    CHECK(format_size(1536) == "1.5 KiB");
    CHECK(format_size(1024 * 1024 - 1) == "1.0 MiB");
    CHECK(format_size(uint64_t{1} << 30) == "1.0 GiB");
    CHECK(format_size(~uint64_t{0}) == "16.0 EiB");
}

TEST_CASE("text: certificates become PEM with lines of 64 characters") {
    CHECK(certificate_pem(std::vector<uint8_t>{1}) == "-----BEGIN CERTIFICATE-----\nAQ==\n-----END CERTIFICATE-----\n");
    CHECK_THAT(certificate_pem(std::vector<uint8_t>{0xfb, 0xff}), ContainsSubstring("\n+/8=\n"));
    CHECK_THAT(certificate_pem(std::vector<uint8_t>(49, 0)),
               ContainsSubstring("\n" + std::string(64, 'A') + "\nAA==\n"));
}

TEST_CASE("progress bar: it shows the share of an input whose size is known, else what was read") {
    CHECK(progress_line({2048, 0, 0}) == "2.0 KiB");
    CHECK(progress_line({0, 0, 1024}) == "[" + std::string(30, ' ') + "]   0 %  0 bytes of 1.0 KiB");
    CHECK(progress_line({512, 0, 1024}) ==
          "[" + std::string(15, '#') + std::string(15, ' ') + "]  50 %  512 bytes of 1.0 KiB");
    CHECK(progress_line({1024, 0, 1024}) == "[" + std::string(30, '#') + "] 100 %  1.0 KiB of 1.0 KiB");
    CHECK(progress_line({4096, 0, 1024}) == "[" + std::string(30, '#') + "] 100 %  4.0 KiB of 1.0 KiB");
}
