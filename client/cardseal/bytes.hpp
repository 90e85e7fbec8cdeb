// SPDX-License-Identifier: LGPL-2.1-or-later
// Text as the bytes that calls take.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cardseal::client {

/// The bytes of a text, which must live as long as they are used.
inline std::span<const uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace cardseal::client
