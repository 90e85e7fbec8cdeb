// SPDX-License-Identifier: LGPL-2.1-or-later
// The walk over a mail: one pass over its lines, with the boundaries of all multiparts that are open.
#include <cstring>

#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/mime.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t longest_boundary = 200;  // RFC 2046 §5.1.1 says 70, which not every program keeps to
constexpr size_t longest_line = 512;      // of a delimiter with the white space that transport may add

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

[[noreturn]] void refuse_size(const std::string& what) {
    throw Error(ErrorCode::LimitExceeded, "message is too large: " + what);
}

struct Line {
    uint64_t offset, next;
    uint64_t break_before;  ///< bytes of the line break that precedes it
};

/// The lines of a source, in a window that moves with them.
class LineReader {
public:
    explicit LineReader(const Source& source) : source_(source) {}

    bool at_end() const { return position_ == source_.size(); }

    /// The first bytes of the line that advance() will give, with its break and what follows if it is short.
    std::string_view start() { return text_at(position_, longest_line); }

    Line advance() {
        Line line{position_, position_, break_size_};
        bool ended = false;
        char before = 0;
        while (!ended && line.next < source_.size()) {
            const auto text = text_at(line.next, 1);
            const auto* end = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
            ended = end != nullptr;
            const auto count = ended ? static_cast<size_t>(end - text.data()) : text.size();
            if (count > 0) before = text[count - 1];
            line.next += count + (ended ? 1 : 0);
        }
        break_size_ = !ended ? 0 : before == '\r' ? 2 : 1;
        position_ = line.next;
        return line;
    }

private:
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
    uint64_t position_ = 0;
    uint64_t break_size_ = 0;
    Bytes window_;
    uint64_t window_offset_ = 0;
};

enum class Delimiter { None, Next, Last };

/// RFC 2046 §5.1.1: the whole line counts, so that a boundary may begin like another.
Delimiter match(std::string_view line, std::string_view delimiter) {
    if (!line.starts_with(delimiter)) return Delimiter::None;
    line.remove_prefix(delimiter.size());
    const bool last = line.starts_with("--");
    if (last) line.remove_prefix(2);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.empty() && !line.starts_with('\n') && !line.starts_with("\r\n")) return Delimiter::None;
    return last ? Delimiter::Last : Delimiter::Next;
}

bool is_empty_line(std::string_view line) { return line.starts_with('\n') || line.starts_with("\r\n"); }

/// RFC 2045 §6.4: what has parts is not encoded itself.
bool is_in_clear(const MimeHeader& header) {
    const auto& encoding = header.transfer_encoding;
    return encoding.empty() || encoding == "7bit" || encoding == "8bit" || encoding == "binary";
}

bool is_multipart(const MimeHeader& header) {
    return header.media_type.starts_with("multipart/") && is_in_clear(header) && !header.boundary.empty() &&
           header.boundary.size() <= longest_boundary;
}

bool is_attached_mail(const MimeHeader& header) {
    return (header.media_type == "message/rfc822" || header.media_type == "message/global") && is_in_clear(header);
}

class MailWalker {
public:
    explicit MailWalker(const Source& mail) : mail_(mail), lines_(mail) {}

    std::vector<MailPart> walk() {
        begin_part(0);
        while (!lines_.at_end()) take_line();
        if (open_.size() == 1 && in_header_) refuse("its header is cut");
        read_header(mail_.size());
        end_parts(0, mail_.size());
        if (is_multipart(parts_.front().header) && !parts_.front().closed)
            refuse("a multipart without its last boundary");
        parts_.front().size = mail_.size();
        return std::move(parts_);
    }

private:
    /// An entity whose end has not come.
    struct Open {
        size_t part;
        std::string delimiter;  ///< of a multipart whose last boundary has not come; else empty
    };

    void take_line() {
        const auto start = lines_.start();
        for (size_t level = open_.size(); start.starts_with("--") && level-- > 0;) {
            const auto& delimiter = open_[level].delimiter;
            const auto found = delimiter.empty() ? Delimiter::None : match(start, delimiter);
            if (found != Delimiter::None) return take_delimiter(level, found);
        }
        const bool empty = is_empty_line(start);
        const auto line = lines_.advance();
        if (!in_header_) return;
        if (line.next - part_of(open_.back()).offset > largest_header) refuse_size("a header of more than 256 KiB");
        if (empty) enter_body(line.next);
    }

    void take_delimiter(size_t level, Delimiter delimiter) {
        const auto line = lines_.advance();
        const auto end = line.offset - line.break_before;
        read_header(end);
        end_parts(level, end);
        if (delimiter == Delimiter::Next) return begin_part(line.next);
        open_[level].delimiter.clear();
        part_of(open_[level]).closed = true;
    }

    /// The entity at `offset` is the next in the innermost one that is open.
    void begin_part(uint64_t offset) {
        if (parts_.size() == ipc::max_parts) refuse_size("more than " + std::to_string(ipc::max_parts) + " parts");
        if (open_.size() > max_mime_depth)
            refuse_size("parts in parts, more than " + std::to_string(max_mime_depth) + " deep");
        MailPart part;
        part.offset = offset;
        if (!open_.empty()) {
            auto& parent = part_of(open_.back());
            part.path = parent.path + (parent.path.empty() ? "" : ".") + std::to_string(++parent.children);
            part.of_attached_mail = parent.of_attached_mail || is_attached_mail(parent.header);
        }
        open_.push_back({parts_.size(), {}});
        parts_.push_back(std::move(part));
        in_header_ = true;
    }

    /// The empty line after the innermost entity's header ends at `offset`.
    void enter_body(uint64_t offset) {
        read_header(offset);
        const auto& header = part_of(open_.back()).header;
        if (is_multipart(header)) return open_multipart(header.boundary);
        if (is_attached_mail(header)) begin_part(offset);
    }

    /// The innermost entity's header ends at `end`, perhaps without an empty line and a body.
    void read_header(uint64_t end) {
        if (!in_header_) return;
        in_header_ = false;
        auto& part = part_of(open_.back());
        Bytes text(static_cast<size_t>(end > part.offset ? end - part.offset : 0));
        mail_.read(part.offset, text);
        text.insert(text.end(), {'\n', '\n'});
        if (auto header = read_mime_header(text)) {
            part.header = std::move(*header);
            part.header.size = std::min(part.header.size, end - part.offset);
        } else {
            if (open_.size() == 1) refuse("its header is malformed");
            part.header.media_type = "application/octet-stream";
        }
    }

    void open_multipart(const std::string& boundary) {
        auto delimiter = "--" + boundary;
        for (const auto& outer : open_)
            if (!outer.delimiter.empty() && (outer.delimiter == delimiter || outer.delimiter + "--" == delimiter ||
                                             outer.delimiter == delimiter + "--"))
                refuse("a part and one in it have the same boundary");
        open_.back().delimiter = std::move(delimiter);
    }

    /// Those in the entity at `level` end.
    void end_parts(size_t level, uint64_t end) {
        for (; open_.size() > level + 1; open_.pop_back()) {
            auto& part = part_of(open_.back());
            part.size = end > part.offset ? end - part.offset : 0;
            part.header.size = std::min(part.header.size, part.size);
        }
    }

    MailPart& part_of(const Open& open) { return parts_[open.part]; }

    const Source& mail_;
    LineReader lines_;
    std::vector<MailPart> parts_;
    std::vector<Open> open_;
    bool in_header_ = false;
};

}  // namespace

std::vector<MailPart> walk_mail(const Source& mail) { return MailWalker(mail).walk(); }

}  // namespace cardseal::cms
