// SPDX-License-Identifier: LGPL-2.1-or-later
// Source: bytes that stay still and can be read at any offset, whatever their size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace cardseal::cms {

/// Implementations keep constant memory; a read is buffered by the implementation.
class Source {
public:
    virtual ~Source() = default;
    virtual uint64_t size() const = 0;
    /// Fills all of `out` from `offset`; the caller stays within size().
    virtual void read(uint64_t offset, std::span<uint8_t> out) const = 0;
};

/// A part of another source, which must outlive it.
class SourceRange final : public Source {
public:
    SourceRange(const Source& whole, uint64_t offset, uint64_t size) : whole_(whole), offset_(offset), size_(size) {}
    uint64_t size() const override { return size_; }
    void read(uint64_t offset, std::span<uint8_t> out) const override { whole_.read(offset_ + offset, out); }

private:
    const Source& whole_;
    uint64_t offset_;
    uint64_t size_;
};

/// Bytes in memory.
class MemorySource final : public Source {
public:
    explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}
    uint64_t size() const override { return bytes_.size(); }
    void read(uint64_t offset, std::span<uint8_t> out) const override {
        std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(offset), out.size(), out.begin());
    }

private:
    Bytes bytes_;
};

}  // namespace cardseal::cms
