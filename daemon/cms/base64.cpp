// SPDX-License-Identifier: LGPL-2.1-or-later
// Base64 (RFC 4648 §4) in both directions, as sinks that keep no more than a piece.
#include "cms/base64.hpp"

#include <openssl/evp.h>
#include <algorithm>

#include "base/error.hpp"

namespace cardseal::cms {
namespace {

constexpr uint8_t invalid = 0xff, white_space = 0xfe, pad = 0xfd;

constexpr auto values = [] {
    std::array<uint8_t, 256> table{};
    table.fill(invalid);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < alphabet.size(); ++i) table[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
    for (char blank : {' ', '\t', '\r', '\n'}) table[static_cast<uint8_t>(blank)] = white_space;
    table['='] = pad;
    return table;
}();

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

}  // namespace

Base64Encoder::Base64Encoder(Sink& out, size_t line_bytes, std::string line_end)
    : out_(out), line_bytes_(line_bytes), line_end_(std::move(line_end)) {}

void Base64Encoder::write(ByteView bytes) {
    if (!pending_.empty()) {
        const auto piece = bytes.first(std::min(bytes.size(), line_bytes_ - pending_.size()));
        pending_.insert(pending_.end(), piece.begin(), piece.end());
        bytes = bytes.subspan(piece.size());
        if (pending_.size() < line_bytes_) return;
        write_lines(pending_);
        pending_.clear();
    }
    const auto whole_lines = bytes.size() / line_bytes_ * line_bytes_;
    write_lines(bytes.first(whole_lines));
    pending_ = to_bytes(bytes.subspan(whole_lines));
}

void Base64Encoder::finish() {
    write_lines(pending_);
    pending_.clear();
}

void Base64Encoder::write_lines(ByteView bytes) {
    if (bytes.empty()) return;
    const auto lines = (bytes.size() + line_bytes_ - 1) / line_bytes_;
    // EVP_EncodeBlock ends with a NUL that the line end, or the spare byte, takes the place of.
    text_.resize((bytes.size() + 2) / 3 * 4 + lines * line_end_.size() + 1);
    auto* end = text_.data();
    while (!bytes.empty()) {
        const auto line = bytes.first(std::min(bytes.size(), line_bytes_));
        end += EVP_EncodeBlock(end, line.data(), static_cast<int>(line.size()));
        end = std::copy(line_end_.begin(), line_end_.end(), end);
        bytes = bytes.subspan(line.size());
    }
    out_.write({text_.data(), static_cast<size_t>(end - text_.data())});
}

void Base64Decoder::write(ByteView text) {
    decoded_.resize(text.size() / 4 * 3 + 3);
    filled_ = 0;
    while (!text.empty()) {
        if (characters_ == 0 && !ended_) text = text.subspan(decode_groups(text));
        if (text.empty()) break;
        take(text.front());
        text = text.subspan(1);
    }
    if (filled_ > 0) out_.write({decoded_.data(), filled_});
}

// The fast path: groups of four characters without white space or padding.
size_t Base64Decoder::decode_groups(ByteView text) {
    auto* out = decoded_.data() + filled_;
    size_t used = 0;
    for (; used + 4 <= text.size(); used += 4) {
        const uint32_t a = values[text[used]], b = values[text[used + 1]], c = values[text[used + 2]],
                       d = values[text[used + 3]];
        if ((a | b | c | d) & 0x80) break;
        const uint32_t group = a << 18 | b << 12 | c << 6 | d;
        *out++ = static_cast<uint8_t>(group >> 16);
        *out++ = static_cast<uint8_t>(group >> 8);
        *out++ = static_cast<uint8_t>(group);
    }
    filled_ += used / 4 * 3;
    return used;
}

void Base64Decoder::take(uint8_t character) {
    const auto value = values[character];
    if (value == white_space) return;
    if (value == invalid) refuse("not base64");
    if (ended_) refuse("data after the end of its base64");
    if (value == pad) {
        if (characters_ < 2) refuse("not base64");
        ++padding_;
    } else if (padding_ > 0) {
        refuse("not base64");
    }
    group_ = group_ << 6 | (value == pad ? 0 : value);
    if (++characters_ < 4) return;
    for (unsigned i = 0; i < 3 - padding_; ++i) decoded_[filled_++] = static_cast<uint8_t>(group_ >> (16 - 8 * i));
    ended_ = padding_ > 0;
    group_ = 0;
    characters_ = padding_ = 0;
}

void Base64Decoder::finish() {
    if (characters_ != 0) refuse("its base64 is cut");
}

bool is_base64_text(uint8_t character) { return values[character] != invalid; }

}  // namespace cardseal::cms
