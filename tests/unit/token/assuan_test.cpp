// SPDX-License-Identifier: LGPL-2.1-or-later
// Assuan lines, as they are written and read.
#include "token/assuan.hpp"

#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

std::string unescaped(std::string_view data, bool& good) {
    Secret secret(64);
    size_t size = 0;
    good = append_assuan_data(bytes_of(data), secret, size);
    secret.truncate(size);
    return std::string(text_of(secret.reveal()));
}

AssuanReply kind_of(std::string_view line) {
    ByteView rest;
    return parse_assuan_line(bytes_of(line), rest);
}

}  // namespace

TEST_CASE("assuan: percent, line ends and control characters are escaped, UTF-8 is not") {
    CHECK(assuan_line("GETPIN") == "GETPIN\n");
    CHECK(assuan_line("SETDESC", "100 %\r\nBYE\x01\x7f") == "SETDESC 100 %25%0D%0ABYE%01%7F\n");
    CHECK(assuan_line("SETDESC", "Schlüssel") == "SETDESC Schlüssel\n");
}

TEST_CASE("assuan: a long text is cut between characters and escapes") {
    for (const std::string unit : {"a", "ü", "%", "€", "\n"}) {
        std::string text;
        while (text.size() < 4096) text += unit;
        const auto line = assuan_line("SETDESC", text);
        CHECK(line.size() <= max_assuan_line + 1);
        CHECK(line.size() > max_assuan_line - 4);
        CHECK(line.back() == '\n');
        const auto escaped_size = unit == "%" || unit == "\n" ? 3 : unit.size();
        CHECK((line.size() - 1 - std::string("SETDESC ").size()) % escaped_size == 0);
    }
}

TEST_CASE("assuan: replies are told apart by their whole first word") {
    CHECK(kind_of("OK") == AssuanReply::Ok);
    CHECK(kind_of("OK Pleased to meet you") == AssuanReply::Ok);
    CHECK(kind_of("OKAY") == AssuanReply::Other);
    CHECK(kind_of("ERR 83886179 cancelled") == AssuanReply::Error);
    CHECK(kind_of("D 1234") == AssuanReply::Data);
    CHECK(kind_of("S PIN_REPEATED") == AssuanReply::Comment);
    CHECK(kind_of("# hello") == AssuanReply::Comment);
    CHECK(kind_of("INQUIRE QUALITY") == AssuanReply::Other);
    CHECK(kind_of("") == AssuanReply::Other);
}

TEST_CASE("assuan: data is unescaped, over several lines") {
    bool good = false;
    CHECK(unescaped("1234", good) == "1234");
    CHECK(unescaped("a%25b%0Ac", good) == "a%b\nc");
    CHECK(good);
    Secret secret(64);
    size_t size = 0;
    CHECK(append_assuan_data(bytes_of("12"), secret, size));
    CHECK(append_assuan_data(bytes_of("%334"), secret, size));
    CHECK(text_of(secret.reveal().first(size)) == "1234");
}

TEST_CASE("assuan: a broken escape or too much data is refused") {
    bool good = true;
    for (const char* broken : {"%", "%2", "%zz", "1%2", "% 2"}) {
        unescaped(broken, good);
        CHECK_FALSE(good);
    }
    unescaped(std::string(64, 'x'), good);
    CHECK(good);
    unescaped(std::string(65, 'x'), good);
    CHECK_FALSE(good);
}

TEST_CASE("assuan: error numbers lose the part that names their source") {
    CHECK(assuan_error_code(bytes_of("83886179 Operation cancelled <Pinentry>")) == assuan_cancelled);
    CHECK(assuan_error_code(bytes_of("83886142 Timeout")) == assuan_timeout);
    CHECK(assuan_error_code(bytes_of("83886194")) == assuan_not_confirmed);
    CHECK(assuan_error_code(bytes_of("99")) == assuan_cancelled);
    CHECK(assuan_error_code(bytes_of("what")) == 0);
    CHECK(assuan_error_code(bytes_of("99999999999999999999")) == 0);
}
