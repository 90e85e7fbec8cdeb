// SPDX-License-Identifier: LGPL-2.1-or-later
// The fields of a header (RFC 5322 §2.2) with the bytes that they have: nothing is changed, folds stay where they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cardseal::cms {

/// A field of a header. The views refer to the text that was split.
struct HeaderField {
    std::string_view name;  ///< as it is written
    std::string_view raw;   ///< all of it: name, colon, value with its folds, the end of its last line

    /// Whether it has this name; case does not count.
    bool is_named(std::string_view other) const;
    /// Unfolded (RFC 5322 §2.2.3), without the white space around it.
    std::string value() const;
};

struct HeaderFields {
    std::vector<HeaderField> fields;  ///< in their order
    size_t size = 0;  ///< bytes up to the body: the fields, the empty line, before them the "From " line of a mailbox
};

inline constexpr size_t largest_header = 256 * 1024;  ///< bytes
inline constexpr size_t most_header_fields = 10'000;

/// The header at the start of `text`, which is an entity or at least the first `largest_header` bytes of one. Lines
/// end in LF or CR LF. BadMessage if it is malformed or ends without an empty line; LimitExceeded if it is too large.
HeaderFields split_header(std::string_view text);

/// In lower case; letters other than A to Z stay.
std::string lower_case(std::string_view text);

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// Whether `text` is a field's name (RFC 5322 §2.2).
bool is_field_name(std::string_view text);

}  // namespace cardseal::cms
