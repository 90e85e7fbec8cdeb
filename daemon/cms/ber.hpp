// SPDX-License-Identifier: LGPL-2.1-or-later
// The BER walk: finds its way through a message of any size without loading it, checks limits, and cuts the content
// octets out of it, so that only the small rest meets the ASN.1 templates.
//
// What crosses here, and who is believed: the source is a stranger's message; every length is checked against the
// bytes that are there before it is used, and nothing is allocated because a length says so.
#pragma once

#include <optional>
#include <vector>

#include "cms/source.hpp"

namespace cardseal::cms {

inline constexpr unsigned max_ber_depth = 32;             ///< of nested constructed encodings
inline constexpr size_t max_message_rest = 8 << 20;       ///< bytes of a message without its content
inline constexpr size_t max_digest_algorithms = 8;        ///< in SignedData
inline constexpr size_t max_signer_infos = 64;            ///< in SignedData
inline constexpr size_t max_embedded_certificates = 512;  ///< in SignedData; CRLs likewise
inline constexpr size_t max_recipient_infos = 1000;       ///< in EnvelopedData and AuthEnvelopedData

/// One encoding's header (X.690 §8.1) and its place.
struct Tlv {
    uint8_t tag = 0;  ///< the identifier octet, class and constructed bit included; tag numbers above 30 keep 31
    bool indefinite = false;
    uint64_t offset = 0;   ///< of the identifier octet
    uint64_t content = 0;  ///< offset of the first content octet
    uint64_t length = 0;   ///< of the content; 0 if indefinite

    bool constructed() const { return tag & 0x20; }
    bool end_of_contents() const { return tag == 0 && length == 0; }
};

/// The header at `offset`; BadMessage unless it and its content lie before `end`.
Tlv read_tlv(const Source& source, uint64_t offset, uint64_t end);

/// The offset after `tlv`, whose content lies before `end`. LimitExceeded if it is nested too deep.
uint64_t after(const Source& source, const Tlv& tlv, uint64_t end, unsigned depth = 0);

/// Where the elements of a constructed encoding are: `next` gives one after the other, then nothing.
class Elements {
public:
    Elements(const Source& source, const Tlv& parent, uint64_t end);

    std::optional<Tlv> next();
    /// Offset after the element that `next` gave last.
    uint64_t after_current();
    /// Offset after the parent; valid once `next` has given nothing.
    uint64_t after_parent() const { return position_; }
    /// Tells where the current element ends when the caller has found it out already.
    void set_after_current(uint64_t offset);
    uint64_t end() const { return end_; }

private:
    const Source& source_;
    bool indefinite_;
    uint64_t end_;
    uint64_t position_;
    std::optional<Tlv> current_;
};

/// Content octets in a message: one OCTET STRING, primitive or in any number of pieces.
struct ContentPlace {
    Tlv string;
    uint64_t end = 0;     ///< what the string lies before
    uint64_t octets = 0;  ///< in all
};

/// Reads content octets piece by piece in constant memory.
class ContentReader {
public:
    ContentReader(const Source& source, const ContentPlace& place);

    /// Fills as much of `out` as there is; less only at the end, 0 after it.
    size_t read(std::span<uint8_t> out);
    /// Passes over that many octets, or those there are, without reading them.
    void skip(uint64_t octets);
    /// Passes over the rest without reading it; how many octets that was.
    uint64_t skip_all();
    /// After the last piece: the offset after the whole string.
    uint64_t position() const { return position_; }

private:
    struct Level {
        bool indefinite;
        uint64_t end;
    };
    bool find_piece();

    const Source& source_;
    std::vector<Level> levels_;
    uint64_t position_;
    uint64_t piece_left_ = 0;
};

/// A message, cut: `rest` is the ContentInfo (BER) without the content octets.
struct CutMessage {
    Bytes type;  ///< content octets of the ContentInfo's contentType OBJECT IDENTIFIER
    Bytes rest;
    std::optional<ContentPlace> content;  ///< eContent or encryptedContent
};

/// Cuts SignedData, EnvelopedData, AuthEnvelopedData or CompressedData. BadMessage if it is none, malformed, cut or has
/// something after it, UnsupportedAlgorithm for other content types, LimitExceeded above the limits.
CutMessage cut_message(const Source& message);

/// True if the bytes are one encoding of definite, minimal lengths all the way down (X.690 §10.1).
bool has_der_lengths(ByteView bytes);

}  // namespace cardseal::cms
