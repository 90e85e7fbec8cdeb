// SPDX-License-Identifier: LGPL-2.1-or-later
// The lines of the Assuan protocol: cut from a stream, taken apart, and written.
//
// What crosses here: whatever the program at the other end sends, which is believed to be nothing but bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardseal::gpgsm {

/// Octets of a line without its line end (libassuan's ASSUAN_LINELENGTH).
inline constexpr size_t line_limit = 1000;

/// What is wrong with a command's line, which is then to be answered with an error and otherwise ignored. Data may hold
/// a NUL.
enum class Defect { None, TooLong, HasNul };

struct Line {
    std::string text;  ///< without its line end; empty if it was too long
    Defect defect = Defect::None;
};

/// Cuts a stream into lines; of one that is too long it keeps nothing.
class LineBuffer {
public:
    void add(std::string_view bytes);
    std::optional<Line> next();

private:
    std::string pending_;
    bool discarding_ = false;
};

struct Command {
    std::string name;  ///< upper case
    std::string arguments;
};

/// Empty lines and comments, which are not answered.
bool is_silent(std::string_view line);
Command parse_command(std::string_view line);

/// The words of the arguments; "--" ends the options and is not among them.
struct Words {
    std::vector<std::string> options;  ///< those that begin with "--"
    std::vector<std::string> others;

    std::vector<std::string> patterns() const;  ///< the others, unescaped
};
Words parse_words(std::string_view arguments);

/// How bytes are, or are to be, encoded.
enum class Encoding { Binary, Base64, Armor };
/// Of "--armor" and "--base64" the last counts.
Encoding encoding_in(const std::vector<std::string>& options);

/// The arguments of INPUT, OUTPUT and MESSAGE.
struct DescriptorWords {
    std::optional<int> number;  ///< "FD=5"; otherwise the descriptor comes with the line
    Encoding encoding = Encoding::Binary;
    std::string options;  ///< as they came, each with a space before it
};
/// Nothing if it is neither "FD" nor "FD=N".
std::optional<DescriptorWords> parse_descriptor(std::string_view arguments);

/// The bytes as D lines with their line ends.
std::string data_lines(std::string_view bytes);
/// Undoes the escapes of a D line.
std::string unescape(std::string_view text);
/// Undoes those of a pattern, in which "+" is a space.
std::string unescape_pattern(std::string_view text);
/// For a status line: without control characters, percent signs escaped.
std::string escape_status(std::string_view text);

}  // namespace cardseal::gpgsm
