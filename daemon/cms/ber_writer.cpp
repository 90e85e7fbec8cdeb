// SPDX-License-Identifier: LGPL-2.1-or-later
// BerWriter: a large content in its ASN.1 layers: definite lengths when the content is small, indefinite ones and an
// OCTET STRING in pieces (X.690 §8.1.3.6, §8.7.3) when it is not.
#include "cms/ber_writer.hpp"

#include <algorithm>

namespace cardseal::cms {

static constexpr size_t piece_size = 32 * 1024;
static constexpr uint8_t constructed = 0x20, indefinite_length = 0x80;

Bytes der_header(uint8_t tag, uint64_t length) {
    if (length < 0x80) return {tag, static_cast<uint8_t>(length)};
    Bytes reversed;
    for (auto rest = length; rest > 0; rest >>= 8) reversed.push_back(static_cast<uint8_t>(rest));
    Bytes header{tag, static_cast<uint8_t>(0x80 | reversed.size())};
    header.insert(header.end(), reversed.rbegin(), reversed.rend());
    return header;
}

Bytes der_value(uint8_t tag, ByteView content) {
    auto value = der_header(tag, content.size());
    value.insert(value.end(), content.begin(), content.end());
    return value;
}

BerWriter::BerWriter(Sink& out, std::vector<BerLayer> layers, OctetStringTag tag)
    : out_(out), layers_(std::move(layers)), tag_(tag) {}

void BerWriter::write(ByteView content) {
    if (!indefinite_ && pending_.size() + content.size() > definite_limit) start_indefinite();
    if (!indefinite_) {
        pending_.insert(pending_.end(), content.begin(), content.end());
        return;
    }
    while (!content.empty()) {
        if (pending_.empty() && content.size() >= piece_size) {
            write_piece(content.first(piece_size));
            content = content.subspan(piece_size);
            continue;
        }
        const auto part = content.first(std::min(content.size(), piece_size - pending_.size()));
        pending_.insert(pending_.end(), part.begin(), part.end());
        content = content.subspan(part.size());
        if (pending_.size() == piece_size) {
            write_piece(pending_);
            pending_.clear();
        }
    }
}

void BerWriter::finish(const std::vector<Bytes>& after) {
    if (indefinite_)
        finish_indefinite(after);
    else
        finish_definite(after);
}

void BerWriter::start_indefinite() {
    indefinite_ = true;
    for (const auto& layer : layers_) {
        out_.write(Bytes{layer.tag, indefinite_length});
        out_.write(layer.before);
    }
    out_.write(Bytes{static_cast<uint8_t>(static_cast<uint8_t>(tag_) | constructed), indefinite_length});
    const auto gathered = std::move(pending_);
    pending_ = {};
    write(gathered);
}

void BerWriter::write_piece(ByteView piece) {
    if (piece.empty()) return;
    out_.write(der_header(static_cast<uint8_t>(OctetStringTag::Universal), piece.size()));
    out_.write(piece);
}

void BerWriter::finish_definite(const std::vector<Bytes>& after) {
    auto value = der_value(static_cast<uint8_t>(tag_), pending_);
    for (size_t i = layers_.size(); i-- > 0;) {
        auto inside = std::move(layers_[i].before);
        inside.insert(inside.end(), value.begin(), value.end());
        inside.insert(inside.end(), after.at(i).begin(), after.at(i).end());
        value = der_value(layers_[i].tag, inside);
    }
    out_.write(value);
}

void BerWriter::finish_indefinite(const std::vector<Bytes>& after) {
    static constexpr uint8_t end_of_contents[] = {0, 0};
    write_piece(pending_);
    out_.write(end_of_contents);
    for (size_t i = layers_.size(); i-- > 0;) {
        out_.write(after.at(i));
        out_.write(end_of_contents);
    }
}

}  // namespace cardseal::cms
