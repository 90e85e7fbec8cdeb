// SPDX-License-Identifier: LGPL-2.1-or-later
// The BER walk: headers, elements, and the pieces of an octet string.
#include "cms/ber.hpp"

#include "base/error.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t octet_string = 0x04;
constexpr uint8_t constructed_bit = 0x20;
constexpr size_t longest_header = 16;

[[noreturn]] void bad_encoding(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("message cannot be read: ") + why);
}

/// The first octets of an encoding, read with care for the end of the bytes.
class HeaderOctets {
public:
    HeaderOctets(const Source& source, uint64_t offset, uint64_t end)
        : size_(static_cast<size_t>(std::min<uint64_t>(longest_header, end - offset))) {
        source.read(offset, std::span(octets_, size_));
    }
    uint8_t next() {
        if (used_ == size_) bad_encoding("it ends too early");
        return octets_[used_++];
    }
    size_t used() const { return used_; }

private:
    uint8_t octets_[longest_header] = {};
    size_t size_;
    size_t used_ = 0;
};

uint8_t read_tag(HeaderOctets& octets) {
    const auto tag = octets.next();
    if ((tag & 0x1f) != 0x1f) return tag;
    for (unsigned size = 1; octets.next() & 0x80; ++size)
        if (size == 4) bad_encoding("a tag is too long");
    return tag;
}

uint64_t read_long_length(HeaderOctets& octets, unsigned size) {
    uint64_t length = 0;
    // Leading zero octets are allowed in BER, as far as the header goes.
    for (unsigned i = 0; i < size; ++i) {
        if (length >> 56) bad_encoding("a length is too long");
        length = length << 8 | octets.next();
    }
    return length;
}

}  // namespace

Tlv read_tlv(const Source& source, uint64_t offset, uint64_t end) {
    if (offset >= end) bad_encoding("it ends too early");
    HeaderOctets octets(source, offset, end);
    Tlv tlv{.tag = read_tag(octets), .offset = offset};
    const auto first = octets.next();
    if (first == 0x80)
        tlv.indefinite = true;
    else
        tlv.length = first & 0x80 ? read_long_length(octets, first & 0x7f) : first;
    tlv.content = offset + octets.used();
    if (tlv.indefinite && !tlv.constructed()) bad_encoding("a primitive encoding has no length");
    if (tlv.length > end - tlv.content) bad_encoding("it ends too early");
    return tlv;
}

uint64_t after(const Source& source, const Tlv& tlv, uint64_t end, unsigned depth) {
    if (!tlv.indefinite) return tlv.content + tlv.length;
    if (depth > max_ber_depth) throw Error(ErrorCode::LimitExceeded, "message is nested too deep");
    for (uint64_t position = tlv.content;;) {
        const auto child = read_tlv(source, position, end);
        if (child.end_of_contents()) return child.content;
        position = after(source, child, end, depth + 1);
    }
}

Elements::Elements(const Source& source, const Tlv& parent, uint64_t end)
    : source_(source),
      indefinite_(parent.indefinite),
      end_(parent.indefinite ? end : parent.content + parent.length),
      position_(parent.content) {
    if (!parent.constructed()) bad_encoding("a structure is primitive");
}

std::optional<Tlv> Elements::next() {
    if (current_) position_ = after_current();
    current_.reset();
    if (!indefinite_ && position_ == end_) return std::nullopt;
    const auto tlv = read_tlv(source_, position_, end_);
    if (indefinite_ && tlv.end_of_contents()) {
        position_ = tlv.content;
        return std::nullopt;
    }
    current_ = tlv;
    return tlv;
}

uint64_t Elements::after_current() {
    if (current_) set_after_current(after(source_, *current_, end_));
    return position_;
}

void Elements::set_after_current(uint64_t offset) {
    position_ = offset;
    current_.reset();
}

ContentReader::ContentReader(const Source& source, const ContentPlace& place)
    : source_(source), position_(place.string.content) {
    if (place.string.constructed())
        levels_.push_back({place.string.indefinite,
                           place.string.indefinite ? place.end : place.string.content + place.string.length});
    else
        piece_left_ = place.string.length;
}

bool ContentReader::find_piece() {
    while (piece_left_ == 0 && !levels_.empty()) {
        const auto& level = levels_.back();
        if (!level.indefinite && position_ == level.end) {
            levels_.pop_back();
            continue;
        }
        const auto piece = read_tlv(source_, position_, level.end);
        position_ = piece.content;
        if (level.indefinite && piece.end_of_contents())
            levels_.pop_back();
        else if ((piece.tag & ~constructed_bit) != octet_string)
            bad_encoding("its content is not an octet string");
        else if (!piece.constructed())
            piece_left_ = piece.length;
        else if (levels_.size() == max_ber_depth)
            throw Error(ErrorCode::LimitExceeded, "message is nested too deep");
        else
            levels_.push_back({piece.indefinite, piece.indefinite ? level.end : piece.content + piece.length});
    }
    return piece_left_ > 0;
}

size_t ContentReader::read(std::span<uint8_t> out) {
    size_t filled = 0;
    while (filled < out.size() && find_piece()) {
        const auto count = static_cast<size_t>(std::min<uint64_t>(piece_left_, out.size() - filled));
        source_.read(position_, out.subspan(filled, count));
        position_ += count;
        piece_left_ -= count;
        filled += count;
    }
    return filled;
}

void ContentReader::skip(uint64_t octets) {
    while (octets > 0 && find_piece()) {
        const auto count = std::min(piece_left_, octets);
        position_ += count;
        piece_left_ -= count;
        octets -= count;
    }
}

uint64_t ContentReader::skip_all() {
    uint64_t octets = 0;
    while (find_piece()) {
        octets += piece_left_;
        position_ += piece_left_;
        piece_left_ = 0;
    }
    return octets;
}

static bool der_lengths(const Source& source, uint64_t offset, uint64_t end, unsigned depth) {
    const auto tlv = read_tlv(source, offset, end);
    const auto header = tlv.content - tlv.offset;
    const size_t tag_octets = (tlv.tag & 0x1f) == 0x1f ? 0 : 1;
    size_t needed = 1;
    if (tlv.length > 0x7f)
        for (auto rest = tlv.length; rest; rest >>= 8) ++needed;
    if (tlv.indefinite || depth > max_ber_depth || tag_octets == 0 || header != tag_octets + needed) return false;
    if (tlv.content + tlv.length != end && depth == 0) return false;
    if (!tlv.constructed()) return true;
    for (auto position = tlv.content; position < tlv.content + tlv.length;) {
        const auto child = read_tlv(source, position, tlv.content + tlv.length);
        if (!der_lengths(source, position, tlv.content + tlv.length, depth + 1)) return false;
        position = child.content + child.length;
    }
    return true;
}

bool has_der_lengths(ByteView bytes) {
    const MemorySource source(to_bytes(bytes));
    try {
        return der_lengths(source, 0, source.size(), 0);
    } catch (const Error&) {
        // Not readable as BER is an answer here: it is no DER either.
        return false;
    }
}

}  // namespace cardseal::cms
