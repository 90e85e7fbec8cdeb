// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of the Assuan protocol that a client of pinentry needs.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace cardseal::token {

/// Most bytes in a line, without its line feed.
inline constexpr size_t max_assuan_line = 1000;

/// "COMMAND argument", the argument percent-escaped and cut between characters where the line would grow too long.
std::string assuan_line(std::string_view command, std::string_view argument = {});

enum class AssuanReply { Ok, Error, Data, Comment, Other };

/// A line without its line feed. What follows the keyword and a blank is in `rest`, which points into the line.
AssuanReply parse_assuan_line(ByteView line, ByteView& rest);

/// Appends the unescaped data of a D line to `data` at `size`; false if it does not fit or an escape is broken.
bool append_assuan_data(ByteView escaped, Secret& data, size_t& size);

/// The number of an ERR line without the part that names its source (libgpg-error: the lower 16 bits); 0 if none.
unsigned assuan_error_code(ByteView rest);

inline constexpr unsigned assuan_timeout = 62;
inline constexpr unsigned assuan_cancelled = 99;
inline constexpr unsigned assuan_not_confirmed = 114;
inline constexpr unsigned assuan_fully_cancelled = 198;

}  // namespace cardseal::token
