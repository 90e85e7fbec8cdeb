// SPDX-License-Identifier: LGPL-2.1-or-later
// Inflater: one zlib stream (RFC 1950), expanded piece by piece in constant memory.
//
// What crosses here, and who is believed: the stream is a stranger's; how much comes out of it is limited by what went
// in, because a kilobyte may say a megabyte.
#pragma once

#include <zlib.h>

#include "cms/sink.hpp"

namespace cardseal::cms {

inline constexpr uint64_t free_expansion = 1 << 20;                ///< bytes that may come out of however little
inline constexpr uint64_t max_expansion_ratio = 200;               ///< bytes out for each byte in, beyond that
inline constexpr uint64_t max_expanded_size = uint64_t{64} << 30;  ///< bytes

class Inflater {
public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Expands the piece into `out`. BadMessage if it is damaged (its Adler-32 checksum included) or goes on after the
    /// stream's end; LimitExceeded beyond the limits above.
    void write(ByteView piece, Sink& out);
    /// BadMessage unless the stream has come to its end.
    void finish() const;

private:
    void expand_some(Sink& out);
    void check_expansion() const;

    z_stream stream_{};
    bool ended_ = false;
    uint64_t in_ = 0, out_ = 0;
    Bytes buffer_;
};

}  // namespace cardseal::cms
