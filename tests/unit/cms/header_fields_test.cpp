// SPDX-License-Identifier: LGPL-2.1-or-later
// Splitting a header into its fields: every byte stays where it is, and limits hold.
#include "cms/header_fields.hpp"
#include "base/error.hpp"
#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

ErrorCode refusal_of(std::string_view text) {
    try {
        (void)split_header(text);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

std::string joined(const HeaderFields& header) {
    std::string all;
    for (const auto& field : header.fields) all += field.raw;
    return all;
}

}  // namespace

TEST_CASE("header: the fields together are the header byte for byte, whatever its folds and line ends") {
    for (const std::string fields : {"From: a@b\r\nSubject:  x \r\n\ty\r\n  z\r\n", "From: a@b\nSubject: x\n y\n",
                                     "a:\r\nb :c\n \r\nB:\xff\r\n", "X: a\rb\r\n", "X-Long: ", ""}) {
        const auto whole = fields.ends_with(' ') ? fields + std::string(100'000, 'x') + "\r\n" : fields;
        for (const std::string end : {"\r\n", "\n"}) {
            const auto mail = whole + end + "Body: no field\r\n\r\n";
            const auto header = split_header(mail);
            CHECK((joined(header) == whole));
            CHECK(header.size == whole.size() + end.size());
        }
    }
}

TEST_CASE("header: RFC 5322 2.2.3: a value is unfolded by taking out the line ends alone") {
    const auto header = split_header("Subject :  one\r\n\ttwo\n  three \r\nEMPTY:\r\n\r\n");

    REQUIRE(header.fields.size() == 2);
    CHECK(header.fields[0].name == "Subject");
    CHECK(header.fields[0].value() == "one\ttwo  three");
    CHECK(header.fields[1].is_named("empty"));
    CHECK(header.fields[1].value() == "");
}

TEST_CASE("header: two fields of one name are both kept, and NUL bytes stay") {
    const std::string text("From: a\r\nFrom: b\0c\r\n\r\n", 22);

    const auto header = split_header(text);

    REQUIRE(header.fields.size() == 2);
    CHECK(header.fields[0].value() == "a");
    CHECK(header.fields[1].value() == std::string("b\0c", 3));
}

TEST_CASE("header: the line that a mailbox file puts before a mail is no field") {
    const auto header = split_header("From a@b Mon Jan  1 00:00:00 2024\nTo: c\n\nbody");

    REQUIRE(header.fields.size() == 1);
    CHECK(header.fields[0].raw == "To: c\n");
    CHECK(header.size == 41);
}

TEST_CASE("header: one that is cut or malformed is a BadMessage") {
    REQUIRE(refusal_of("a: b\r\n\r\n") == ErrorCode::None);

    for (const std::string text : {"", "a: b", "a: b\r\n", "a: b\r\n c", " a: b\r\n\r\n", "a\r\n\r\n", ": b\r\n\r\n",
                                   "a b: c\r\n\r\n", "a: b\r\nhello\r\n\r\n", "From x"}) {
        CAPTURE(text);
        CHECK(refusal_of(text) == ErrorCode::BadMessage);
    }
}

TEST_CASE("header: one of 10 MiB, or with more fields than can be meant, is LimitExceeded") {
    CHECK(refusal_of("a: " + std::string(10 << 20, 'x') + "\r\n\r\n") == ErrorCode::LimitExceeded);
    std::string many;
    for (size_t i = 0; i < most_header_fields; ++i) many += "a:\n";
    REQUIRE(refusal_of(many + "\n") == ErrorCode::None);
    CHECK(refusal_of(many + "a:\n\n") == ErrorCode::LimitExceeded);
}
