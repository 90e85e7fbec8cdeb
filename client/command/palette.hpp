// SPDX-License-Identifier: LGPL-2.1-or-later
// Colours for what a person looks at on a terminal; none for anything else.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace cardseal::client {

/// How a stretch of text is shown. Default-made: as it is.
class Paint {
public:
    Paint() = default;
    /// `code`: of ECMA-48's SGR, such as "31" for red.
    explicit Paint(std::string_view code) : code_(code) {}

    /// `text` must be printable already.
    std::string operator()(const std::string& text) const;

private:
    std::string_view code_;
};

struct Palette {
    Paint good;
    Paint bad;
    Paint unsure;  ///< not known, or worth knowing
    Paint heading;
};

/// Whether it is a terminal that knows more than letters.
bool obeys_escapes(FILE* stream);

/// Colours if the stream is such a terminal and NO_COLOR is not set.
Palette palette_of(FILE* stream);

}  // namespace cardseal::client
