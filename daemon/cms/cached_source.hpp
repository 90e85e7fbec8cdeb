// SPDX-License-Identifier: LGPL-2.1-or-later
// CachedSource: a source in blocks, the last one of which is kept.
#pragma once

#include "base/file_descriptor.hpp"
#include "cms/source.hpp"

namespace cardseal::cms {

class CachedSource : public Source {
public:
    static constexpr size_t block_size = 4096;

    uint64_t size() const final { return size_; }
    void read(uint64_t offset, std::span<uint8_t> out) const final;

protected:
    explicit CachedSource(uint64_t size) : size_(size) {}
    /// Fills `out` from `offset`, a multiple of the block size; `out` is some blocks or the rest of the source.
    virtual void fetch(uint64_t offset, std::span<uint8_t> out) const = 0;

private:
    size_t size_of_block(uint64_t offset) const;
    size_t read_blocks(uint64_t offset, std::span<uint8_t> out) const;
    size_t read_in_block(uint64_t offset, std::span<uint8_t> out) const;

    uint64_t size_;
    mutable Bytes cache_;
    mutable uint64_t cached_offset_ = 0;
};

/// Fills `out` from `offset` of a file of ours; InputFailed if it is shorter.
void read_at(const FileDescriptor& file, uint64_t offset, std::span<uint8_t> out);

}  // namespace cardseal::cms
