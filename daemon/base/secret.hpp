// SPDX-License-Identifier: LGPL-2.1-or-later
// Secret: bytes that stay out of swap and core files and are wiped when their owner goes.
#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.hpp"

namespace cardseal {

/// Move-only, locked in memory, wiped on destruction. Holds PINs and keys; it has no output operator on purpose.
class Secret {
public:
    Secret() = default;
    explicit Secret(size_t size);
    static Secret copy_of(ByteView bytes);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    /// Shortens it; the rest is wiped.
    void truncate(size_t size);

    /// The one way to the bytes: grep for it.
    std::span<uint8_t> reveal() { return {data_, size_}; }
    ByteView reveal() const { return {data_, size_}; }

private:
    void wipe_and_unmap();

    uint8_t* data_ = nullptr;
    size_t size_ = 0;
    size_t mapped_ = 0;
};

/// Overwrites ordinary memory in a way the compiler keeps.
void wipe(std::span<uint8_t> bytes);

}  // namespace cardseal
