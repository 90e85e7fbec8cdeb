// SPDX-License-Identifier: LGPL-2.1-or-later
// Inflater: one zlib stream (RFC 1950), expanded piece by piece in constant memory.
#include "cms/inflater.hpp"

#include <new>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t buffer_size = 64 * 1024;

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot expand the compressed content: ") + why);
}

}  // namespace

Inflater::Inflater() : buffer_(buffer_size) {
    if (inflateInit_(&stream_, ZLIB_VERSION, sizeof stream_) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() {
    inflateEnd(&stream_);
    wipe(buffer_);
}

void Inflater::write(ByteView piece, Sink& out) {
    in_ += piece.size();
    // zlib does not write through it, but says so in its types only where ZLIB_CONST is defined.
    stream_.next_in = const_cast<Bytef*>(piece.data());
    stream_.avail_in = static_cast<uInt>(piece.size());
    // A full buffer may mean that more is waiting, even with nothing left to read.
    do expand_some(out);
    while (!ended_ && (stream_.avail_in > 0 || stream_.avail_out == 0));
    if (stream_.avail_in > 0) refuse("something follows its end");
}

void Inflater::expand_some(Sink& out) {
    if (ended_) return;
    stream_.next_out = buffer_.data();
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    const auto result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    // Z_BUF_ERROR: nothing was left to do, which is no error.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) refuse("it is damaged");
    const auto expanded = ByteView(buffer_).first(buffer_.size() - stream_.avail_out);
    ended_ = result == Z_STREAM_END;
    out_ += expanded.size();
    check_expansion();
    out.write(expanded);
}

void Inflater::check_expansion() const {
    if (out_ > max_expanded_size || (out_ > free_expansion && out_ / max_expansion_ratio > in_))
        throw Error(ErrorCode::LimitExceeded, "compressed content expands to more than " +
                                                  std::to_string(max_expansion_ratio) + " times its size");
}

void Inflater::finish() const {
    if (!ended_) refuse("it is cut");
}

}  // namespace cardseal::cms
