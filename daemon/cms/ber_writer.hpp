// SPDX-License-Identifier: LGPL-2.1-or-later
// BerWriter: a large content in its ASN.1 layers: definite lengths when the content is small, indefinite ones and an
// OCTET STRING in pieces (X.690 §8.1.3.6, §8.7.3) when it is not.
#pragma once

#include <vector>

#include "cms/sink.hpp"

namespace cardseal::cms {

/// A constructed value around the content.
struct BerLayer {
    uint8_t tag;   ///< identifier octet, 0x30 for SEQUENCE, 0xa0 for [0]
    Bytes before;  ///< DER of the elements before the next layer, or before the content
};

/// The content's own tag.
enum class OctetStringTag : uint8_t { Universal = 0x04, Context0 = 0x80 };

class BerWriter final : public Sink {
public:
    static constexpr size_t definite_limit = 64 * 1024;  ///< bytes of content

    /// Layers from the outermost inwards. Nothing is written before the content is large or finished.
    BerWriter(Sink& out, std::vector<BerLayer> layers, OctetStringTag tag);
    /// Bytes of the content.
    void write(ByteView content) override;
    /// `after`: for each layer, DER of the elements that follow the next layer, or the content.
    void finish(const std::vector<Bytes>& after);

private:
    void start_indefinite();
    void write_piece(ByteView piece);
    void finish_definite(const std::vector<Bytes>& after);
    void finish_indefinite(const std::vector<Bytes>& after);

    Sink& out_;
    std::vector<BerLayer> layers_;
    OctetStringTag tag_;
    bool indefinite_ = false;
    Bytes pending_;
};

/// Identifier and length octets of a definite-length value (DER).
Bytes der_header(uint8_t tag, uint64_t length);
/// A whole DER value.
Bytes der_value(uint8_t tag, ByteView content);

}  // namespace cardseal::cms
