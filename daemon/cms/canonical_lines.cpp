// SPDX-License-Identifier: LGPL-2.1-or-later
// CanonicalLines: text on its way to a sink gets the line ends that are signed (RFC 8551 §3.1.1).
#include "cms/canonical_lines.hpp"

#include <algorithm>

namespace cardseal::cms {

void CanonicalLines::write(ByteView bytes) {
    const auto text = bytes.first(static_cast<size_t>(std::min<uint64_t>(bytes.size(), text_left_)));
    piece_.clear();
    for (const auto octet : text) take(octet);
    text_left_ -= text.size();
    if (!piece_.empty()) out_.write(piece_);
    if (text.size() == bytes.size()) return;
    end_of_text();
    out_.write(bytes.subspan(text.size()));
}

void CanonicalLines::take(uint8_t octet) {
    const bool line_feed = octet == '\n';
    if (line_feed || after_carriage_return_) piece_.insert(piece_.end(), {'\r', '\n'});
    after_carriage_return_ = octet == '\r';
    if (!line_feed && !after_carriage_return_) piece_.push_back(octet);
}

void CanonicalLines::end_of_text() {
    if (after_carriage_return_) out_.write(bytes_of("\r\n"));
    after_carriage_return_ = false;
}

void CanonicalLines::finish() { end_of_text(); }

}  // namespace cardseal::cms
