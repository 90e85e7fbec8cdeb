// SPDX-License-Identifier: LGPL-2.1-or-later
// A strict reader of signed attributes: it knows five tags and repairs nothing.
#include "token/signed_attributes.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "ipc/private_key_requests.hpp"

namespace cardseal::token {

namespace {

constexpr uint8_t tag_octet_string = 0x04;
constexpr uint8_t tag_object_identifier = 0x06;
constexpr uint8_t tag_sequence = 0x30;
constexpr uint8_t tag_set = 0x31;

// 1.2.840.113549.1.9.3 and .4 (RFC 5652 §11.1, §11.2)
constexpr std::array<uint8_t, 9> oid_content_type{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03};
constexpr std::array<uint8_t, 9> oid_message_digest{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};

void check(bool good, const char* why) {
    if (!good) throw Error(ErrorCode::InvalidArgs, std::string("signed attributes refused: ") + why);
}

struct Element {
    uint8_t tag;
    ByteView content;
    ByteView whole;
};

/// The length after the tag: definite and minimal (X.690 §10.1). 64 KiB is more than any element here can have.
size_t take_length(ByteView& rest) {
    check(!rest.empty(), "cut in a length");
    const auto first = rest[0];
    rest = rest.subspan(1);
    if (first < 0x80) return first;
    const size_t count = first & 0x7f;
    check(count >= 1 && count <= 2 && count <= rest.size(), "a length is not DER");
    size_t length = 0;
    for (size_t i = 0; i < count; ++i) length = length << 8 | rest[i];
    rest = rest.subspan(count);
    check(length >= (count == 1 ? 0x80U : 0x100U), "a length is not minimal");
    return length;
}

Element take_element(ByteView& rest) {
    check(!rest.empty(), "an element is missing");
    const auto start = rest;
    const auto tag = rest[0];
    check(tag != 0 && (tag & 0x1f) != 0x1f, "unexpected tag");
    rest = rest.subspan(1);
    const auto length = take_length(rest);
    check(length <= rest.size(), "an element is cut");
    Element element{tag, rest.first(length), start.first(start.size() - rest.size() + length)};
    rest = rest.subspan(length);
    return element;
}

Element take_element(ByteView& rest, uint8_t tag) {
    auto element = take_element(rest);
    check(element.tag == tag, "unexpected tag");
    return element;
}

/// DER order of a SET OF (X.690 §11.6); equal elements are refused, because an attribute stands once.
bool in_order(ByteView left, ByteView right) { return std::ranges::lexicographical_compare(left, right); }

/// Subidentifiers are minimal and the last one ends (X.690 §8.19.2).
void check_object_identifier(ByteView content) {
    check(!content.empty() && content.back() < 0x80, "an object identifier is cut");
    bool begins = true;
    for (auto byte : content) {
        check(!(begins && byte == 0x80), "an object identifier is not minimal");
        begins = byte < 0x80;
    }
}

struct Attribute {
    ByteView type;
    std::vector<Element> values;
};

Attribute read_attribute(const Element& sequence) {
    auto rest = sequence.content;
    const auto type = take_element(rest, tag_object_identifier);
    check_object_identifier(type.content);
    auto set = take_element(rest, tag_set).content;
    check(rest.empty(), "an attribute has more than a type and values");
    check(!set.empty(), "an attribute has no value");
    Attribute attribute{type.content, {}};
    while (!set.empty()) {
        attribute.values.push_back(take_element(set));
        const auto count = attribute.values.size();
        check(count < 2 || in_order(attribute.values[count - 2].whole, attribute.values[count - 1].whole),
              "values are not in DER order");
    }
    return attribute;
}

/// The one value of the one attribute of this type.
Element single_value(const std::vector<Attribute>& attributes, ByteView type, const char* why) {
    const Attribute* found = nullptr;
    for (const auto& attribute : attributes) {
        if (!std::ranges::equal(attribute.type, type)) continue;
        check(!found, why);
        found = &attribute;
    }
    check(found && found->values.size() == 1, why);
    return found->values.front();
}

}  // namespace

void check_signed_attributes(ByteView bytes, size_t digest_size) {
    check(bytes.size() <= ipc::max_signed_attributes, "larger than 16 KiB");
    auto rest = bytes;
    auto set = take_element(rest, tag_set).content;
    check(rest.empty(), "something follows the set");
    std::vector<Attribute> attributes;
    ByteView previous;
    while (!set.empty()) {
        const auto sequence = take_element(set, tag_sequence);
        check(previous.empty() || in_order(previous, sequence.whole), "attributes are not in DER order");
        previous = sequence.whole;
        attributes.push_back(read_attribute(sequence));
    }
    const auto content_type = single_value(attributes, oid_content_type, "not exactly one content-type");
    check(content_type.tag == tag_object_identifier, "content-type is not an object identifier");
    check_object_identifier(content_type.content);
    const auto message_digest = single_value(attributes, oid_message_digest, "not exactly one message-digest");
    check(message_digest.tag == tag_octet_string && message_digest.content.size() == digest_size,
          "message-digest is not an octet string of the digest's size");
}

}  // namespace cardseal::token
