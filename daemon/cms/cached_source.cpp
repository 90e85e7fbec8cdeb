// SPDX-License-Identifier: LGPL-2.1-or-later
// CachedSource: a source in blocks, the last one of which is kept.
#include "cms/cached_source.hpp"

#include <unistd.h>
#include <cerrno>

#include "base/error.hpp"

namespace cardseal::cms {

size_t CachedSource::size_of_block(uint64_t offset) const {
    return static_cast<size_t>(std::min<uint64_t>(block_size, size_ - offset));
}

void CachedSource::read(uint64_t offset, std::span<uint8_t> out) const {
    while (!out.empty()) {
        const auto count = offset % block_size == 0 && out.size() >= block_size ? read_blocks(offset, out)
                                                                                : read_in_block(offset, out);
        out = out.subspan(count);
        offset += count;
    }
}

/// Whole blocks pass the cache by.
size_t CachedSource::read_blocks(uint64_t offset, std::span<uint8_t> out) const {
    const auto count = out.size() / block_size * block_size;
    fetch(offset, out.first(count));
    return count;
}

size_t CachedSource::read_in_block(uint64_t offset, std::span<uint8_t> out) const {
    const auto block = offset / block_size * block_size;
    if (cache_.empty() || cached_offset_ != block) {
        cache_.resize(size_of_block(block));
        cached_offset_ = block;
        fetch(block, cache_);
    }
    const auto skip = static_cast<size_t>(offset - block);
    const auto count = std::min(out.size(), cache_.size() - skip);
    std::copy_n(cache_.begin() + static_cast<ptrdiff_t>(skip), count, out.begin());
    return count;
}

void read_at(const FileDescriptor& file, uint64_t offset, std::span<uint8_t> out) {
    while (!out.empty()) {
        const auto count = pread(file.get(), out.data(), out.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_errno(ErrorCode::InputFailed, "cannot read the private copy");
        if (count == 0) throw Error(ErrorCode::InputFailed, "cannot read the private copy: it is cut");
        out = out.subspan(static_cast<size_t>(count));
        offset += static_cast<uint64_t>(count);
    }
}

}  // namespace cardseal::cms
