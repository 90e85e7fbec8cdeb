// SPDX-License-Identifier: LGPL-2.1-or-later
// The reader of signed attributes: what it accepts, and that it accepts nothing else.
#include "token/signed_attributes.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::token;

namespace {

Bytes element(uint8_t tag, const std::vector<Bytes>& parts) {
    Bytes content;
    for (const auto& part : parts) content.insert(content.end(), part.begin(), part.end());
    Bytes whole{tag};
    const auto size = content.size();
    if (size >= 0x100) {
        whole.insert(whole.end(), {0x82, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)});
    } else if (size >= 0x80) {
        whole.insert(whole.end(), {0x81, static_cast<uint8_t>(size)});
    } else {
        whole.push_back(static_cast<uint8_t>(size));
    }
    whole.insert(whole.end(), content.begin(), content.end());
    return whole;
}

Bytes oid(uint8_t last) { return {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, last}; }
const Bytes id_data{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};

Bytes attribute(const Bytes& type, const std::vector<Bytes>& values) {
    return element(0x30, {type, element(0x31, values)});
}
Bytes octets(size_t size) { return element(0x04, {Bytes(size, 0xab)}); }

const Bytes content_type = attribute(oid(3), {id_data});
const Bytes message_digest = attribute(oid(4), {octets(32)});
const Bytes signing_time = attribute(oid(5), {element(0x17, {Bytes(13, '0')})});

Bytes set_of(std::vector<Bytes> attributes) {
    std::ranges::sort(attributes);
    return element(0x31, attributes);
}

bool accepted(ByteView bytes, size_t digest_size = 32) {
    try {
        check_signed_attributes(bytes, digest_size);
        return true;
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::InvalidArgs);
        return false;
    }
}

}  // namespace

TEST_CASE("signed attributes: content-type and message-digest are enough") {
    CHECK(accepted(set_of({content_type, message_digest})));
}

TEST_CASE("signed attributes: others may stand beside them") {
    CHECK(accepted(set_of({content_type, message_digest, signing_time, attribute(oid(15), {octets(300)})})));
}

TEST_CASE("signed attributes: a message cut at any byte or with one more is refused") {
    auto whole = set_of({content_type, message_digest, signing_time});
    REQUIRE(accepted(whole));

    for (size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(accepted(ByteView(whole).first(size)));
    whole.push_back(0);
    CHECK_FALSE(accepted(whole));
}

TEST_CASE("signed attributes: content that looks like a set is refused") {
    CHECK_FALSE(accepted(bytes_of("1\x05hello")));
    CHECK_FALSE(accepted(Bytes{0x31, 0x00}));
    CHECK_FALSE(accepted(Bytes{}));
    CHECK_FALSE(accepted(bytes_of("100 reasons to sign")));
}

TEST_CASE("signed attributes: another order than DER's is refused") {
    REQUIRE(accepted(set_of({content_type, message_digest, signing_time})));

    CHECK_FALSE(accepted(element(0x31, {message_digest, content_type})));
    CHECK_FALSE(accepted(element(0x31, {content_type, message_digest, signing_time})));
}

TEST_CASE("signed attributes: content-type must be there once, with one object identifier") {
    CHECK_FALSE(accepted(set_of({message_digest})));
    CHECK_FALSE(accepted(set_of({content_type, content_type, message_digest})));
    CHECK_FALSE(accepted(set_of({content_type, attribute(oid(3), {oid(1)}), message_digest})));
    CHECK_FALSE(accepted(set_of({attribute(oid(3), {oid(1), id_data}), message_digest})));
    CHECK_FALSE(accepted(set_of({attribute(oid(3), {octets(9)}), message_digest})));
    CHECK_FALSE(accepted(set_of({attribute(oid(3), {}), message_digest})));
}

TEST_CASE("signed attributes: message-digest must be there once, with one octet string of the digest's size") {
    const auto with = [](const Bytes& digest_attribute) { return set_of({content_type, digest_attribute}); };
    REQUIRE(accepted(with(message_digest)));

    CHECK_FALSE(accepted(set_of({content_type})));
    CHECK_FALSE(accepted(with(message_digest), 48));
    CHECK_FALSE(accepted(with(attribute(oid(4), {octets(31)}))));
    CHECK_FALSE(accepted(with(attribute(oid(4), {octets(32), octets(33)}))));
    CHECK_FALSE(accepted(with(attribute(oid(4), {element(0x05, {})}))));
    CHECK_FALSE(accepted(with(attribute(oid(4), {element(0x24, {octets(32)})}))));
    CHECK_FALSE(accepted(set_of({content_type, message_digest, attribute(oid(4), {octets(20)})})));
}

TEST_CASE("signed attributes: an attribute has a type and values and nothing else") {
    const auto with = [](const Bytes& third) { return set_of({content_type, message_digest, third}); };
    REQUIRE(accepted(with(signing_time)));

    CHECK_FALSE(accepted(with(element(0x30, {oid(5)}))));
    CHECK_FALSE(accepted(with(element(0x30, {oid(5), element(0x31, {octets(1)}), octets(1)}))));
    CHECK_FALSE(accepted(with(element(0x30, {oid(5), element(0x30, {octets(1)})}))));
    CHECK_FALSE(accepted(with(element(0x30, {element(0x31, {octets(1)}), oid(5)}))));
    CHECK_FALSE(accepted(with(element(0x31, {oid(5), element(0x31, {octets(1)})}))));
    CHECK_FALSE(accepted(with(attribute({0x06, 0x00}, {octets(1)}))));
    CHECK_FALSE(accepted(with(attribute({0x06, 0x02, 0x2a, 0x86}, {octets(1)}))));
    CHECK_FALSE(accepted(with(attribute({0x06, 0x03, 0x2a, 0x80, 0x01}, {octets(1)}))));
    CHECK_FALSE(accepted(with(attribute(oid(5), {octets(2), octets(1)}))));
    CHECK_FALSE(accepted(with(attribute(oid(5), {{0x1f, 0x01, 0x00}}))));
    CHECK_FALSE(accepted(with(attribute(oid(5), {{0x00, 0x00}}))));
    CHECK_FALSE(accepted(with(attribute(oid(5), {{0x04, 0x05, 0x00}}))));
}

TEST_CASE("signed attributes: lengths must be definite and minimal") {
    const auto whole = set_of({content_type, message_digest});
    REQUIRE(accepted(whole));
    const auto with_length = [&](std::vector<uint8_t> length) {
        Bytes changed{0x31};
        changed.insert(changed.end(), length.begin(), length.end());
        changed.insert(changed.end(), whole.begin() + 2, whole.end());
        return changed;
    };
    REQUIRE(accepted(with_length({whole[1]})));

    CHECK_FALSE(accepted(with_length({0x81, whole[1]})));
    CHECK_FALSE(accepted(with_length({0x82, 0x00, whole[1]})));
    CHECK_FALSE(accepted(with_length({0x84, 0x00, 0x00, 0x00, whole[1]})));
    CHECK_FALSE(accepted(with_length({0x80})));
    CHECK_FALSE(accepted(with_length({0xff})));
}

TEST_CASE("signed attributes: 16 KiB is the limit") {
    const auto overhead = set_of({content_type, message_digest, attribute(oid(15), {octets(1000)})}).size() - 1000;
    const auto largest = 16 * 1024 - overhead;
    CHECK(accepted(set_of({content_type, message_digest, attribute(oid(15), {octets(largest)})})));
    CHECK_FALSE(accepted(set_of({content_type, message_digest, attribute(oid(15), {octets(largest + 1)})})));
}
