// SPDX-License-Identifier: LGPL-2.1-or-later
// ContentStream: content read from start to end, wherever it is.
#pragma once

#include "cms/ber.hpp"
#include "cms/input.hpp"
#include "cms/source.hpp"

namespace cardseal::cms {

class ContentStream {
public:
    virtual ~ContentStream() = default;
    /// Fills as much of `out` as there is; 0 only at the end.
    virtual size_t read(std::span<uint8_t> out) = 0;
};

/// Of the octets inside a message.
class EmbeddedContent final : public ContentStream {
public:
    EmbeddedContent(const Source& message, const ContentPlace& place) : reader_(message, place) {}
    size_t read(std::span<uint8_t> out) override { return reader_.read(out); }

private:
    ContentReader reader_;
};

/// Of a source, as it is.
class SourceContent final : public ContentStream {
public:
    explicit SourceContent(const Source& source) : source_(source) {}
    size_t read(std::span<uint8_t> out) override;

private:
    const Source& source_;
    uint64_t position_ = 0;
};

/// Of a source whose lines end in LF alone, as they are signed: each LF becomes CR LF (RFC 8551 §3.1.1).
class CanonicalContent final : public ContentStream {
public:
    explicit CanonicalContent(const Source& source) : raw_(source) {}
    size_t read(std::span<uint8_t> out) override;

private:
    SourceContent raw_;
    Bytes piece_;
};

/// Whether a source has an octet CR.
bool has_carriage_return(const Source& source);

}  // namespace cardseal::cms
