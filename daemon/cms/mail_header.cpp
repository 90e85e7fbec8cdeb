// SPDX-License-Identifier: LGPL-2.1-or-later
// Dividing the header of a mail that is to be signed or encrypted: what stays outside, what goes inside.
#include "cms/mail_header.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "cms/canonical_lines.hpp"
#include "cms/header_fields.hpp"
#include "cms/message_output.hpp"

namespace cardseal::cms {
namespace {

using ipc::HeaderProtection;

constexpr std::string_view mime_version = "mime-version", content_type = "content-type",
                           transfer_encoding = "content-transfer-encoding";

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the mail: ") + why);
}

bool is_one_of(const HeaderField& field, std::span<const std::string_view> names) {
    return std::ranges::any_of(names, [&](auto name) { return field.is_named(name); });
}

std::string with_canonical_ends(std::string_view text) {
    MemorySink out;
    CanonicalLines lines(out, text.size());
    lines.write(bytes_of(text));
    lines.finish();
    return std::string(text_of(out.bytes()));
}

/// A reader that takes a CR alone for a line end would see fields that nobody meant to write.
void refuse_hidden_line_ends(std::string_view header) {
    if (header.find('\0') != header.npos) refuse("its header has a NUL byte");
    for (auto at = header.find('\r'); at != header.npos; at = header.find('\r', at + 1))
        if (header.substr(at + 1, 1) != "\n") refuse("its header has a CR without LF");
}

/// A character set is named only if the body is likely to be in it (RFC 2045 §5.2: us-ascii is the default).
std::string default_content_type(ByteView body) {
    const bool ascii = std::ranges::none_of(body, [](uint8_t octet) { return octet >= 0x80; });
    return std::string("Content-Type: text/plain") + (ascii ? "; charset=us-ascii" : "") + "\r\n";
}

class HeaderDivision {
public:
    explicit HeaderDivision(HeaderProtection protection) : protection_(protection) {}

    void add(const HeaderField& field) {
        if (field.is_named(content_type)) return add_content_type(with_canonical_ends(field.raw));
        if (lower_case(field.name).starts_with("content-")) {
            entity_ += with_canonical_ends(field.raw);
        } else if (field.is_named(mime_version)) {
            if (!has_version_) outer_ += with_canonical_ends(field.raw);
            has_version_ = true;
        } else {
            add_other(field);
        }
    }

    /// RFC 9788 §2.1.1: the parameter goes to the root of what is protected.
    void add_content_type(std::string field) {
        has_type_ = true;
        if (protection_ != HeaderProtection::None) {
            field.erase(field.find_last_not_of("; \t\r\n") + 1);
            field += protection_ == HeaderProtection::Clear ? ";\r\n hp=\"clear\"\r\n" : ";\r\n hp=\"cipher\"\r\n";
        }
        entity_ += field;
    }

    bool has_type() const { return has_type_; }
    bool is_mail() const { return is_mail_; }
    std::string outer() const { return has_version_ ? outer_ : outer_ + std::string(mime_version_field); }
    std::string header() const { return protected_ + recorded_ + entity_ + "\r\n"; }

private:
    void add_other(const HeaderField& field) {
        is_mail_ = true;
        const auto inside = with_canonical_ends(field.raw);
        const auto outside = hidden(field) ? replacement(field) : inside;
        outer_ += outside;
        if (protection_ == HeaderProtection::None || !may_be_inside(field)) return;
        protected_ += inside;
        if (protection_ == HeaderProtection::Cipher && !outside.empty()) recorded_ += "HP-Outer: " + outside;
    }

    /// A blind copy stays blind: what transport takes off the mail must not be inside. HP-Outer has a meaning inside,
    /// and is written here.
    static bool may_be_inside(const HeaderField& field) {
        static constexpr auto names = std::to_array<std::string_view>({"bcc", "resent-bcc", "hp-outer"});
        return !is_one_of(field, names);
    }

    /// RFC 9788 §3.2.1, hcp_baseline.
    bool hidden(const HeaderField& field) const {
        static constexpr auto names = std::to_array<std::string_view>({"subject", "comments", "keywords"});
        return protection_ == HeaderProtection::Cipher && is_one_of(field, names);
    }

    static std::string replacement(const HeaderField& field) {
        return field.is_named("subject") ? "Subject: [...]\r\n" : "";
    }

    HeaderProtection protection_;
    bool has_version_ = false, has_type_ = false, is_mail_ = false;
    std::string outer_, protected_, recorded_, entity_;
};

}  // namespace

EntityStart read_entity_start(ByteView start) {
    EntityStart entity;
    entity.outer = mime_version_field;
    entity.mime = parse_mime_header(start);
    entity.header = with_canonical_ends(text_of(start.first(entity.mime.size)));
    return entity;
}

EntityStart divide_mail_header(ByteView start, HeaderProtection protection) {
    EntityStart entity;
    const auto fields = split_header(text_of(start));
    refuse_hidden_line_ends(text_of(start.first(fields.size)));
    entity.mime = parse_mime_header(start);
    if (protection != HeaderProtection::None && !entity.mime.header_protection.empty())
        refuse("its header is protected already");
    HeaderDivision division(protection);
    for (const auto& field : fields.fields) division.add(field);
    if (!division.is_mail()) refuse("it does not begin with the header of a mail");
    if (!division.has_type()) division.add_content_type(default_content_type(start.subspan(fields.size)));
    entity.outer = division.outer();
    entity.header = division.header();
    return entity;
}

std::string with_transfer_encoding(std::string_view header, std::string_view encoding) {
    std::string result;
    for (const auto& field : split_header(header).fields)
        if (!field.is_named(transfer_encoding)) result += field.raw;
    return result + "Content-Transfer-Encoding: " + std::string(encoding) + "\r\n\r\n";
}

}  // namespace cardseal::cms
