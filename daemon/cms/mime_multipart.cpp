// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding the parts of a multipart/signed body by its boundary lines.
#include <cstring>
#include <optional>

#include "base/error.hpp"
#include "cms/mime.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t longest_boundary = 70;  // RFC 2046 §5.1.1
constexpr size_t longest_line = 256;     // of a delimiter with the white space that transport may add

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

struct Delimiter {
    uint64_t content_end;  ///< of what precedes it, without the line break that belongs to the delimiter
    uint64_t next_line;
    bool closing;
};

/// Walks over the lines of a source in a window that moves with it.
class DelimiterFinder {
public:
    DelimiterFinder(const Source& source, uint64_t offset, const std::string& boundary)
        : source_(source), line_(offset), delimiter_("--" + boundary) {}

    /// The next delimiter line at or after the current line.
    std::optional<Delimiter> next() {
        while (line_ < source_.size()) {
            const auto start = line_;
            const auto found = match(text_at(start, longest_line));
            const auto previous_break = break_before(start);
            advance();
            if (found) return Delimiter{start - previous_break, line_, found->closing};
        }
        return std::nullopt;
    }

private:
    struct Match {
        bool closing;
    };

    std::optional<Match> match(std::string_view line) const {
        if (!line.starts_with(delimiter_)) return std::nullopt;
        line.remove_prefix(delimiter_.size());
        const bool closing = line.starts_with("--");
        if (closing) line.remove_prefix(2);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        const bool ends = line.empty() || line.starts_with("\n") || line.starts_with("\r\n");
        return ends ? std::optional(Match{closing}) : std::nullopt;
    }

    uint64_t break_before(uint64_t offset) {
        const auto before = std::min<uint64_t>(offset, 2);
        if (before == 0) return 0;
        if (last_two_ == std::string_view("\r\n", 2)) return 2;
        return last_two_.ends_with('\n') ? 1 : 0;
    }

    /// To the start of the next line.
    void advance() {
        while (line_ < source_.size()) {
            const auto text = text_at(line_, 1);
            const auto* end = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
            const auto count = end ? static_cast<size_t>(end - text.data()) + 1 : text.size();
            remember(text.substr(0, count));
            line_ += count;
            if (end) return;
        }
    }

    void remember(std::string_view passed) {
        last_two_ += passed.substr(passed.size() - std::min<size_t>(passed.size(), 2));
        if (last_two_.size() > 2) last_two_.erase(0, last_two_.size() - 2);
    }

    /// At least `wanted` bytes from `offset`, or all to the end; more if the window holds more.
    std::string_view text_at(uint64_t offset, size_t wanted) {
        const auto left = source_.size() - offset;
        const auto needed = std::min<uint64_t>(wanted, left);
        if (offset < window_offset_ || offset + needed > window_offset_ + window_.size()) {
            window_offset_ = offset;
            window_.resize(static_cast<size_t>(std::min<uint64_t>(window_size, left)));
            source_.read(offset, window_);
        }
        return text_of(window_).substr(static_cast<size_t>(offset - window_offset_));
    }

    static constexpr size_t window_size = 64 * 1024;

    const Source& source_;
    uint64_t line_;  ///< start of the current line
    std::string delimiter_;
    std::string last_two_;  ///< bytes before the current line
    Bytes window_;
    uint64_t window_offset_ = 0;
};

Delimiter expect(std::optional<Delimiter> found, bool closing) {
    if (!found) refuse("a multipart/signed without its last boundary");
    if (found->closing != closing) refuse("a multipart/signed that has not two parts");
    return *found;
}

uint64_t distance(uint64_t start, uint64_t end) { return end > start ? end - start : 0; }

}  // namespace

SignedParts split_multipart_signed(const Source& entity, uint64_t body_offset, const std::string& boundary) {
    if (boundary.empty() || boundary.size() > longest_boundary) refuse("a multipart/signed without a usable boundary");
    DelimiterFinder finder(entity, body_offset, boundary);
    const auto first = expect(finder.next(), false);
    const auto second = expect(finder.next(), false);
    const auto last = expect(finder.next(), true);
    return {first.next_line, distance(first.next_line, second.content_end), second.next_line,
            distance(second.next_line, last.content_end)};
}

}  // namespace cardseal::cms
