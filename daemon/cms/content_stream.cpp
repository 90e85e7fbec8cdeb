// SPDX-License-Identifier: LGPL-2.1-or-later
// ContentStream: content read from start to end, wherever it is.
#include "cms/content_stream.hpp"

namespace cardseal::cms {

size_t SourceContent::read(std::span<uint8_t> out) {
    const auto count = static_cast<size_t>(std::min<uint64_t>(out.size(), source_.size() - position_));
    source_.read(position_, out.first(count));
    position_ += count;
    return count;
}

size_t CanonicalContent::read(std::span<uint8_t> out) {
    piece_.resize(out.size() / 2);
    const auto count = raw_.read(piece_);
    size_t filled = 0;
    for (const auto octet : std::span(piece_).first(count)) {
        if (octet == '\n') out[filled++] = '\r';
        out[filled++] = octet;
    }
    return filled;
}

bool has_carriage_return(const Source& source) {
    SourceContent content(source);
    Bytes piece(64 * 1024);
    while (const auto count = content.read(piece))
        if (std::ranges::count(std::span(piece).first(count), '\r') > 0) return true;
    return false;
}

}  // namespace cardseal::cms
