// SPDX-License-Identifier: LGPL-2.1-or-later
// Encoding a body for transports of 7-bit text (RFC 2045 §6), and finding out whether it needs that.
#include "cms/transfer_encoder.hpp"

#include <algorithm>
#include <string>

#include "base/error.hpp"
#include "cms/base64.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t longest_encoded_line = 76;  // RFC 2045 §6.7 (5), §6.8
constexpr size_t bytes_in_base64_line = 57;
constexpr size_t longest_line = 998;

class Base64Body final : public TransferEncoder {
public:
    explicit Base64Body(Sink& out) : encoder_(out, bytes_in_base64_line, "\r\n") {}
    void write(ByteView bytes) override { encoder_.write(bytes); }
    void finish() override { encoder_.finish(); }

private:
    Base64Encoder encoder_;
};

/// A soft line break comes before the character that does not fit; white space waits for what follows it, because at
/// the end of a line it must be encoded.
class QuotedPrintableBody final : public TransferEncoder {
public:
    explicit QuotedPrintableBody(Sink& out) : out_(out) {}

    void write(ByteView bytes) override {
        for (const auto octet : bytes) take(octet);
        out_.write(bytes_of(text_));
        text_.clear();
    }

    void finish() override {
        if (space_) put(encoded(space_));
        out_.write(bytes_of(text_));
    }

private:
    void take(uint8_t octet) {
        if (octet == '\r') return;  // its LF follows: the lines are canonical
        if (octet == '\n') return end_line();
        if (space_) put(after_from() ? encoded(space_) : std::string(1, static_cast<char>(space_)));
        space_ = 0;
        if (octet == ' ' || octet == '\t') {
            space_ = octet;
        } else {
            put(stays(octet) ? std::string(1, static_cast<char>(octet)) : encoded(octet));
        }
    }

    void end_line() {
        if (space_) put(encoded(space_));
        space_ = 0;
        text_ += "\r\n";
        line_.clear();
    }

    void put(const std::string& characters) {
        if (line_.size() + characters.size() >= longest_encoded_line) {
            text_ += "=\r\n";
            line_.clear();
        }
        text_ += characters;
        line_ += characters;
    }

    /// A dot alone ends a mail for SMTP; a line that begins with "From " ends one in a mailbox file.
    bool stays(uint8_t octet) const {
        return octet > ' ' && octet < 0x7f && octet != '=' && !(octet == '.' && line_.empty());
    }
    bool after_from() const { return line_ == "From"; }

    static std::string encoded(uint8_t octet) {
        constexpr char digits[] = "0123456789ABCDEF";
        return {'=', digits[octet >> 4], digits[octet & 15]};
    }

    Sink& out_;
    std::string text_;  ///< of the piece being written
    std::string line_;  ///< the current line of the output
    uint8_t space_ = 0;
};

}  // namespace

std::string_view name_of(TransferEncoding encoding) {
    return encoding == TransferEncoding::Base64 ? "base64" : "quoted-printable";
}

std::unique_ptr<TransferEncoder> make_transfer_encoder(TransferEncoding encoding, Sink& out) {
    if (encoding == TransferEncoding::Base64) return std::make_unique<Base64Body>(out);
    return std::make_unique<QuotedPrintableBody>(out);
}

void SevenBitProbe::write(ByteView bytes) {
    if (seven_bit_) {
        const bool plain = std::ranges::none_of(bytes, [](uint8_t octet) { return octet == 0 || octet >= 0x80; });
        seven_bit_ = plain;
        measure_lines(bytes);
    }
    out_.write(bytes);
}

void SevenBitProbe::measure_lines(ByteView bytes) {
    while (!bytes.empty()) {
        const auto end = std::ranges::find(bytes, '\n');
        const auto count = static_cast<size_t>(end - bytes.begin());
        line_ += count;
        if (line_ > longest_line + 1) seven_bit_ = false;  // the CR of its end counts here too
        if (end == bytes.end()) return;
        line_ = 0;
        bytes = bytes.subspan(count + 1);
    }
}

}  // namespace cardseal::cms
