// SPDX-License-Identifier: LGPL-2.1-or-later
// Content-Transfer-Encodings (RFC 2045 §6) undone, as sinks before a sink.
#include "cms/transfer_decoder.hpp"

#include "base/error.hpp"
#include "cms/base64.hpp"

namespace cardseal::cms {
namespace {

class IdentityDecoder final : public TransferDecoder {
public:
    explicit IdentityDecoder(Sink& out) : out_(out) {}
    void write(ByteView bytes) override { out_.write(bytes); }
    void finish() override {}

private:
    Sink& out_;
};

class Base64TransferDecoder final : public TransferDecoder {
public:
    explicit Base64TransferDecoder(Sink& out) : decoder_(out) {}
    void write(ByteView text) override { decoder_.write(text); }
    void finish() override { decoder_.finish(); }

private:
    Base64Decoder decoder_;
};

[[noreturn]] void refuse_quoted_printable() {
    throw Error(ErrorCode::BadMessage, "cannot read the message: not quoted-printable");
}

uint8_t digit(uint8_t character) {
    if (character >= '0' && character <= '9') return static_cast<uint8_t>(character - '0');
    if (character >= 'A' && character <= 'F') return static_cast<uint8_t>(character - 'A' + 10);
    if (character >= 'a' && character <= 'f') return static_cast<uint8_t>(character - 'a' + 10);
    refuse_quoted_printable();
}

class QuotedPrintableDecoder final : public TransferDecoder {
public:
    explicit QuotedPrintableDecoder(Sink& out) : out_(out) {}

    void write(ByteView text) override {
        decoded_.clear();
        for (auto character : text) take(character);
        out_.write(decoded_);
    }
    void finish() override {
        if (state_ != State::Text) refuse_quoted_printable();
    }

private:
    enum class State { Text, Escape, SecondDigit, SoftBreak };

    void take(uint8_t character) {
        switch (state_) {
            case State::Text:
                return take_text(character);
            case State::Escape:
                return take_escape(character);
            case State::SecondDigit:
                decoded_.push_back(static_cast<uint8_t>(first_digit_ << 4 | digit(character)));
                state_ = State::Text;
                return;
            case State::SoftBreak:
                if (character != '\n') refuse_quoted_printable();
                state_ = State::Text;
        }
    }
    // A line break that is not escaped stands for CRLF however the text's lines end.
    void take_text(uint8_t character) {
        if (character == '=') {
            state_ = State::Escape;
        } else if (character == '\n') {
            decoded_.push_back('\r');
            decoded_.push_back('\n');
        } else if (character != '\r') {
            decoded_.push_back(character);
        }
    }
    void take_escape(uint8_t character) {
        if (character == '\n') {
            state_ = State::Text;
        } else if (character == '\r') {
            state_ = State::SoftBreak;
        } else {
            first_digit_ = digit(character);
            state_ = State::SecondDigit;
        }
    }

    Sink& out_;
    Bytes decoded_;
    State state_ = State::Text;
    uint8_t first_digit_ = 0;
};

}  // namespace

std::unique_ptr<TransferDecoder> make_transfer_decoder(std::string_view encoding, Sink& out) {
    if (encoding == "base64") return std::make_unique<Base64TransferDecoder>(out);
    if (encoding == "quoted-printable") return std::make_unique<QuotedPrintableDecoder>(out);
    if (encoding.empty() || encoding == "7bit" || encoding == "8bit" || encoding == "binary")
        return std::make_unique<IdentityDecoder>(out);
    throw Error(ErrorCode::BadMessage, "cannot read the message: unknown content-transfer-encoding");
}

}  // namespace cardseal::cms
