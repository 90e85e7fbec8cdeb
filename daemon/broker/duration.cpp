// SPDX-License-Identifier: LGPL-2.1-or-later
// Durations as people write them: "90s", "15min", "8h".
#include "broker/duration.hpp"

#include <charconv>

namespace cardseal::broker {

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    constexpr int64_t longest = 30 * 24 * 3600;
    int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [unit_begin, error] = std::from_chars(text.data(), end, number);
    const std::string_view unit(unit_begin, static_cast<size_t>(end - unit_begin));
    const int64_t factor = unit == "s" ? 1 : unit == "min" ? 60 : unit == "h" ? 3600 : 0;
    if (error != std::errc() || factor == 0 || number < 1 || number > longest / factor) return std::nullopt;
    return std::chrono::seconds(number * factor);
}

}  // namespace cardseal::broker
