// SPDX-License-Identifier: LGPL-2.1-or-later
// Encoding a body for transports of 7-bit text (RFC 2045 §6), and finding out whether it needs that.
#pragma once

#include <memory>

#include "cms/sink.hpp"

namespace cardseal::cms {

enum class TransferEncoding { QuotedPrintable, Base64 };

/// As in a Content-Transfer-Encoding field.
std::string_view name_of(TransferEncoding encoding);

class TransferEncoder : public Sink {
public:
    /// Ends the text; call it once, last.
    virtual void finish() = 0;
};

/// Quoted-printable is for text in lines that end in CR LF. What neither mail transport nor a mailbox file changes
/// stays readable.
std::unique_ptr<TransferEncoder> make_transfer_encoder(TransferEncoding encoding, Sink& out);

/// Passes bytes on and sees whether they are 7-bit text (RFC 2045 §2.7).
class SevenBitProbe final : public Sink {
public:
    explicit SevenBitProbe(Sink& out) : out_(out) {}
    void write(ByteView bytes) override;
    /// No octet over 127, no NUL, no line over 998 octets so far.
    bool is_seven_bit() const { return seven_bit_; }

private:
    void measure_lines(ByteView bytes);

    Sink& out_;
    bool seven_bit_ = true;
    size_t line_ = 0;  ///< octets of the current line
};

}  // namespace cardseal::cms
