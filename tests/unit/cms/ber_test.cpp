// SPDX-License-Identifier: LGPL-2.1-or-later
// Tests of the BER walk.
#include "cms/ber.hpp"
#include "base/error.hpp"
#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::cms;

namespace {

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

const Bytes end_of_contents{0, 0};
const Bytes signed_data_oid{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
const Bytes data_oid{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
const Bytes version{0x02, 0x01, 0x01};
const Bytes empty_set{0x31, 0x00};

/// SignedData of indefinite lengths around an eContent OCTET STRING, with these two sets.
Bytes message_with(const Bytes& string, const Bytes& digests = empty_set, const Bytes& signers = empty_set) {
    return Bytes{0x30, 0x80} + signed_data_oid + Bytes{0xa0, 0x80, 0x30, 0x80} + version + digests + Bytes{0x30, 0x80} +
           data_oid + Bytes{0xa0, 0x80} + string + end_of_contents + end_of_contents + signers + end_of_contents +
           end_of_contents + end_of_contents;
}

/// A SET with that many empty SEQUENCEs.
Bytes set_of(size_t count) {
    Bytes set{0x31, 0x80};
    for (size_t i = 0; i < count; ++i) set = std::move(set) + Bytes{0x30, 0x00};
    return set + end_of_contents;
}

Bytes content_octets(const Source& source) {
    const auto cut = cut_message(source);
    ContentReader reader(source, cut.content.value());
    Bytes all, piece(3);
    for (size_t count; (count = reader.read(piece)) > 0;) all.insert(all.end(), piece.begin(), piece.begin() + count);
    CHECK(all.size() == cut.content->octets);
    return all;
}

ErrorCode failure_of(const Bytes& message) {
    try {
        cut_message(MemorySource(message));
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::None;
}

}  // namespace

TEST_CASE("BER walk: content in one piece, in pieces and in nested pieces reads the same") {
    const Bytes text{'h', 'e', 'l', 'l', 'o'};
    const auto string = GENERATE(Bytes{0x04, 5, 'h', 'e', 'l', 'l', 'o'},
                                 Bytes{0x24, 0x80, 0x04, 2, 'h', 'e', 0x04, 0, 0x04, 3, 'l', 'l', 'o', 0, 0},
                                 Bytes{0x24, 9, 0x04, 2, 'h', 'e', 0x04, 3, 'l', 'l', 'o'},
                                 Bytes{0x24, 0x80, 0x24, 0x80, 0x04, 4, 'h', 'e', 'l', 'l', 0, 0, 0x04, 1, 'o', 0, 0});

    CHECK(content_octets(MemorySource(message_with(string))) == text);
}

TEST_CASE("BER walk: the rest has everything but the content octets") {
    const auto cut = cut_message(MemorySource(message_with({0x04, 1, 'x'})));

    CHECK(cut.type == Bytes(signed_data_oid.begin() + 2, signed_data_oid.end()));
    CHECK(cut.rest == Bytes{0x30, 0x80} + signed_data_oid + Bytes{0xa0, 0x80, 0x30, 0x80} + version + empty_set +
                          Bytes{0x30, 0x80} + data_oid + end_of_contents + empty_set + end_of_contents +
                          end_of_contents + end_of_contents);
}

TEST_CASE("BER walk: row 9: non-minimal lengths are read") {
    CHECK(content_octets(MemorySource(message_with({0x04, 0x84, 0, 0, 0, 1, 'x'}))) == Bytes{'x'});
}

TEST_CASE("BER walk: row 1: an empty message is BadMessage") { CHECK(failure_of({}) == ErrorCode::BadMessage); }

TEST_CASE("BER walk: row 3: a message cut at any offset is BadMessage") {
    const auto message = message_with({0x24, 0x80, 0x04, 2, 'h', 'e', 0x04, 3, 'l', 'l', 'o', 0, 0});
    REQUIRE(failure_of(message) == ErrorCode::None);

    for (size_t size = 0; size < message.size(); ++size)
        CHECK(failure_of(Bytes(message.begin(), message.begin() + size)) == ErrorCode::BadMessage);
}

TEST_CASE("BER walk: row 4: bytes after the message are BadMessage") {
    CHECK(failure_of(message_with({0x04, 1, 'x'}) + Bytes{0}) == ErrorCode::BadMessage);
}

TEST_CASE("BER walk: row 6: an octet string a million deep is LimitExceeded") {
    Bytes deep;
    for (int i = 0; i < 1'000'000; ++i) deep.insert(deep.end(), {0x24, 0x80});

    CHECK(failure_of(message_with(deep)) == ErrorCode::LimitExceeded);
}

TEST_CASE("BER walk: row 7: structures nested too deep are LimitExceeded") {
    Bytes deep;
    for (int i = 0; i < 100'000; ++i) deep.insert(deep.end(), {0x30, 0x80});

    CHECK(failure_of(message_with({0x04, 0}, empty_set, Bytes{0x31, 0x80} + deep)) == ErrorCode::LimitExceeded);
}

TEST_CASE("BER walk: row 8: a length of 2 GiB in a short message is BadMessage") {
    CHECK(failure_of({0x30, 0x84, 0x80, 0, 0, 0, 0x06, 0x09}) == ErrorCode::BadMessage);
    CHECK(failure_of(message_with({0x04, 0x84, 0x7f, 0xff, 0xff, 0xff, 'x'})) == ErrorCode::BadMessage);
    CHECK(failure_of(message_with({0x04, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})) ==
          ErrorCode::BadMessage);
}

TEST_CASE("BER walk: row 11: 64 signers and 8 digest algorithms are the most") {
    CHECK(failure_of(message_with({0x04, 0}, set_of(8), set_of(64))) == ErrorCode::None);
    CHECK(failure_of(message_with({0x04, 0}, set_of(9), set_of(1))) == ErrorCode::LimitExceeded);
    CHECK(failure_of(message_with({0x04, 0}, set_of(1), set_of(65))) == ErrorCode::LimitExceeded);
}

TEST_CASE("BER walk: DER lengths are told from BER lengths") {
    CHECK(has_der_lengths(Bytes{0x31, 0x03, 0x02, 0x01, 0x05}));
    CHECK_FALSE(has_der_lengths(Bytes{0x31, 0x81, 0x03, 0x02, 0x01, 0x05}));
    CHECK_FALSE(has_der_lengths(Bytes{0x31, 0x80, 0x02, 0x01, 0x05, 0, 0}));
    CHECK_FALSE(has_der_lengths(Bytes{0x31, 0x04, 0x02, 0x81, 0x01, 0x05}));
    CHECK_FALSE(has_der_lengths(Bytes{0x31, 0x03, 0x02, 0x01, 0x05, 0x00}));
}
