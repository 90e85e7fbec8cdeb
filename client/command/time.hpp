// SPDX-License-Identifier: LGPL-2.1-or-later
// Times as people write and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cardseal::client {

/// Seconds since 1970 from RFC 3339 ("2026-01-31T12:00:00Z", "2026-01-31T13:00:00.5+01:00") or "@1769860800"; nothing
/// if it is neither or lies before 1970. Fractions are cut off; the leap second 60 counts as the next minute's first.
std::optional<uint64_t> parse_time(std::string_view text);

/// RFC 3339 in UTC, "2026-01-31T12:00:00Z"; beyond the year 9999 as "@SECONDS".
std::string format_time(uint64_t seconds);

}  // namespace cardseal::client
