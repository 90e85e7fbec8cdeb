// SPDX-License-Identifier: LGPL-2.1-or-later
// Encoder and Decoder of our private messages: flat little-endian fields, each with a cap, and nothing after the last.
//
// A message is a struct with `template <class Codec> void fields(Codec& codec)` that names its fields once; both
// directions run the same list. A Decoder throws Error(Internal) for anything malformed: who receives that from a
// worker kills it, a worker that receives it dies.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "ipc/identifiers.hpp"

namespace cardseal::ipc {

inline constexpr size_t max_packet = 160 * 1024;  ///< bytes; below the default AF_UNIX send buffer

class Encoder {
public:
    template <std::unsigned_integral Number>
    void number(Number& value) {
        put(value, sizeof value);
    }
    /// An enum class whose enumerators run from 0 to `last`.
    template <class Enum>
    void choice(Enum& value, Enum) {
        put(static_cast<uint64_t>(value), 2);
    }
    void flag(bool& value) { put(value ? 1 : 0, 1); }
    void text(std::string& value, size_t cap) { blob_view(bytes_of(value), cap); }
    void blob(Bytes& value, size_t cap) { blob_view(value, cap); }
    template <size_t Size>
    void fixed(std::array<uint8_t, Size>& value) {
        append(value);
    }
    template <class Item, class Each>
    void list(std::vector<Item>& items, size_t cap, Each each) {
        check(items.size() <= cap, "too many items");
        put(items.size(), 4);
        for (auto& item : items) each(item);
    }
    /// A nested message.
    template <class Message>
    void nested(Message& message) {
        message.fields(*this);
    }

    /// LimitExceeded if the message is larger than a packet.
    Bytes finish() {
        check(out_.size() <= max_packet, "message too large");
        return std::move(out_);
    }

private:
    static void check(bool good, const char* what) {
        if (!good) throw Error(ErrorCode::LimitExceeded, std::string("internal message: ") + what);
    }
    void put(uint64_t value, size_t size) {
        std::array<uint8_t, 8> octets;
        for (size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<uint8_t>(value >> (8 * i));
        append(ByteView(octets).first(size));
    }
    void append(ByteView bytes) {
        const auto before = out_.size();
        out_.resize(before + bytes.size());
        std::ranges::copy(bytes, out_.begin() + static_cast<ptrdiff_t>(before));
    }
    void blob_view(ByteView bytes, size_t cap) {
        check(bytes.size() <= cap, "field too large");
        put(bytes.size(), 4);
        append(bytes);
    }

    Bytes out_;
};

class Decoder {
public:
    explicit Decoder(ByteView in) : in_(in) {}

    template <std::unsigned_integral Number>
    void number(Number& value) {
        value = static_cast<Number>(get(sizeof value));
    }
    template <class Enum>
    void choice(Enum& value, Enum last) {
        auto raw = get(2);
        check(raw <= static_cast<uint64_t>(last));
        value = static_cast<Enum>(raw);
    }
    void flag(bool& value) {
        auto raw = get(1);
        check(raw <= 1);
        value = raw == 1;
    }
    void text(std::string& value, size_t cap) { value = text_of(take_blob(cap)); }
    void blob(Bytes& value, size_t cap) { value = to_bytes(take_blob(cap)); }
    template <size_t Size>
    void fixed(std::array<uint8_t, Size>& value) {
        auto bytes = take(Size);
        std::copy(bytes.begin(), bytes.end(), value.begin());
    }
    template <class Item, class Each>
    void list(std::vector<Item>& items, size_t cap, Each each) {
        auto count = get(4);
        check(count <= cap);
        items.clear();
        for (uint64_t i = 0; i < count; ++i) each(items.emplace_back());
    }
    template <class Message>
    void nested(Message& message) {
        message.fields(*this);
    }

    /// Nothing may follow the last field.
    void finish() const { check(in_.empty()); }

private:
    static void check(bool good) {
        if (!good) throw Error(ErrorCode::Internal, "malformed internal message");
    }
    ByteView take(size_t size) {
        check(size <= in_.size());
        auto bytes = in_.first(size);
        in_ = in_.subspan(size);
        return bytes;
    }
    ByteView take_blob(size_t cap) {
        auto size = get(4);
        check(size <= cap);
        return take(size);
    }
    uint64_t get(size_t size) {
        uint64_t value = 0;
        auto bytes = take(size);
        for (size_t i = 0; i < size; ++i) value |= uint64_t{bytes[i]} << (8 * i);
        return value;
    }

    ByteView in_;
};

template <class Message>
Bytes encode(Message message) {
    Encoder encoder;
    message.fields(encoder);
    return encoder.finish();
}

template <class Message>
Message decode(ByteView payload) {
    Decoder decoder(payload);
    Message message;
    message.fields(decoder);
    decoder.finish();
    return message;
}

}  // namespace cardseal::ipc
