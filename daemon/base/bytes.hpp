// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte sequences: the one owning and the one borrowing type that every folder uses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardseal {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

inline ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

inline std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline Bytes to_bytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

/// Lower-case hexadecimal digits, two per byte.
std::string hex(ByteView bytes);

}  // namespace cardseal
