// SPDX-License-Identifier: LGPL-2.1-or-later
// CanonicalLines: text on its way to a sink gets the line ends that are signed (RFC 8551 §3.1.1).
#pragma once

#include "cms/sink.hpp"

namespace cardseal::cms {

/// Each CR LF, bare LF and bare CR becomes CR LF. What follows the first `text_size` bytes passes unchanged.
class CanonicalLines final : public Sink {
public:
    CanonicalLines(Sink& out, uint64_t text_size) : out_(out), text_left_(text_size) {}

    void write(ByteView bytes) override;
    /// Call it once, last.
    void finish();

private:
    void take(uint8_t octet);
    void end_of_text();

    Sink& out_;
    uint64_t text_left_;
    bool after_carriage_return_ = false;
    Bytes piece_;
};

}  // namespace cardseal::cms
