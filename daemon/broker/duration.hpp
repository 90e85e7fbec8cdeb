// SPDX-License-Identifier: LGPL-2.1-or-later
// Durations as people write them: "90s", "15min", "8h".
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace cardseal::broker {

/// A whole number and a unit, s, min or h; at least 1 s and at most 30 days. Nothing if it is anything else.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace cardseal::broker
