// SPDX-License-Identifier: LGPL-2.1-or-later
// Lines of the Assuan protocol, whole and broken.
#include "gpgsm/line.hpp"
#include "catch.hpp"

using namespace cardseal::gpgsm;

namespace {

std::vector<Line> lines_of(const std::vector<std::string>& pieces) {
    LineBuffer buffer;
    std::vector<Line> lines;
    for (const auto& piece : pieces) {
        buffer.add(piece);
        while (auto line = buffer.next()) lines.push_back(*line);
    }
    return lines;
}

}  // namespace

TEST_CASE("assuan line: a stream is cut where its lines end, with or without CR") {
    const auto lines = lines_of({"OPTION a=b\nINP", "UT FD\r\n", "\n", "no end"});

    REQUIRE(lines.size() == 3);
    CHECK(lines[0].text == "OPTION a=b");
    CHECK(lines[1].text == "INPUT FD");
    CHECK(lines[2].text.empty());
}

TEST_CASE("assuan line: one of 1000 octets is whole, one of 1001 is told and the next is whole again") {
    const std::string longest(line_limit, 'a'), too_long(line_limit + 1, 'b');

    const auto lines = lines_of({longest + "\r\n" + too_long + "\nNOP\n"});

    REQUIRE(lines.size() == 3);
    CHECK(lines[0].text == longest);
    CHECK(lines[1].defect == Defect::TooLong);
    CHECK(lines[1].text.empty());
    CHECK(lines[2].text == "NOP");
}

TEST_CASE("assuan line: one without an end in sight takes no memory and is told once") {
    std::vector<std::string> pieces(1000, std::string(4096, 'x'));
    pieces.emplace_back("\nNOP\n");

    const auto lines = lines_of(pieces);

    REQUIRE(lines.size() == 2);
    CHECK(lines[0].defect == Defect::TooLong);
    CHECK(lines[1].text == "NOP");
}

TEST_CASE("assuan line: a NUL is a defect of its line alone, for those whom it matters to") {
    const auto lines = lines_of({std::string("SIGN\0 x\nNOP\n", 12)});

    REQUIRE(lines.size() == 2);
    CHECK(lines[0].defect == Defect::HasNul);
    CHECK(lines[0].text == std::string("SIGN\0 x", 7));
    CHECK(lines[1].text == "NOP");
}

TEST_CASE("assuan line: a command's name has no case and its arguments keep theirs") {
    const auto command = parse_command("  listKeys \t <Anna@example.org>  ");

    CHECK(command.name == "LISTKEYS");
    CHECK(command.arguments == "<Anna@example.org>  ");
    CHECK(parse_command("").name.empty());
    CHECK(is_silent("# a comment"));
    CHECK(is_silent(""));
    CHECK_FALSE(is_silent("NOP"));
}

TEST_CASE("assuan line: options end at two dashes") {
    const auto words = parse_words("--detached  one -- --two");

    CHECK(words.options == std::vector<std::string>{"--detached"});
    CHECK(words.others == std::vector<std::string>{"one", "--two"});
}

TEST_CASE("assuan line: a descriptor is on the way or has a number, and says its encoding") {
    CHECK_FALSE(parse_descriptor("FD")->number);
    CHECK(parse_descriptor("FD --armor")->encoding == Encoding::Armor);
    CHECK(parse_descriptor("FD=7 --base64")->number == 7);
    CHECK(parse_descriptor("FD=7 --base64")->encoding == Encoding::Base64);
    CHECK(parse_descriptor("FD --binary")->options == " --binary");
    for (const auto* wrong : {"", "FD=", "FD=-1", "FD=7x", "FD=99999999999", "FDX", "FD 7", "FILE"})
        CHECK_FALSE(parse_descriptor(wrong));
}

TEST_CASE("assuan line: data is escaped, cut into lines, and comes back as it was") {
    std::string bytes = "100%\r\n";
    bytes += '\0';
    for (int i = 0; i < 3000; ++i) bytes += "%z"[i % 2];

    const auto lines = data_lines(bytes);

    std::string back;
    for (const auto& line : lines_of({lines})) {
        REQUIRE(line.defect == Defect::None);
        REQUIRE(line.text.starts_with("D "));
        back += unescape(line.text.substr(2));
    }
    CHECK(back == bytes);
    CHECK(data_lines("").empty());
}

TEST_CASE("assuan line: an escape that is none stays, and a pattern's plus is a space") {
    CHECK(unescape("%4x%4") == "%4x%4");
    CHECK(unescape("%41+%") == "A+%");
    CHECK(unescape_pattern("/CN=a+b%2Bc") == "/CN=a b+c");
    CHECK(escape_status("a\nS GOODSIG %") == "a%0AS GOODSIG %25");
}
