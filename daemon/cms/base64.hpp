// SPDX-License-Identifier: LGPL-2.1-or-later
// Base64 (RFC 4648 §4) in both directions, as sinks that keep no more than a piece.
#pragma once

#include <array>
#include <string>

#include "cms/sink.hpp"

namespace cardseal::cms {

/// Writes lines of a fixed length.
class Base64Encoder final : public Sink {
public:
    /// `line_bytes`: bytes in a line, a multiple of 3 (48 gives the 64 characters of PEM, 57 the 76 of MIME).
    Base64Encoder(Sink& out, size_t line_bytes, std::string line_end);
    void write(ByteView bytes) override;
    /// Writes the last line.
    void finish();

private:
    void write_lines(ByteView bytes);

    Sink& out_;
    size_t line_bytes_;
    std::string line_end_;
    Bytes pending_;  ///< less than a line
    Bytes text_;
};

/// Takes text with white space anywhere; BadMessage for any other character, and for data after the padding.
class Base64Decoder final : public Sink {
public:
    explicit Base64Decoder(Sink& out) : out_(out) {}
    void write(ByteView text) override;
    /// BadMessage if the text ended inside a group.
    void finish();

private:
    size_t decode_groups(ByteView text);
    void take(uint8_t character);

    Sink& out_;
    Bytes decoded_;      ///< of the piece being written
    size_t filled_ = 0;  ///< bytes of decoded_ in use
    uint32_t group_ = 0;
    unsigned characters_ = 0;  ///< of the group, padding included
    unsigned padding_ = 0;
    bool ended_ = false;
};

/// Whether the character may stand in base64 text, white space included.
bool is_base64_text(uint8_t character);

}  // namespace cardseal::cms
