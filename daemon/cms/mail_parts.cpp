// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of a mail as a job sees them: what each is, which one is meant, and what is told about them.
#include "cms/mail_parts.hpp"

#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/text.hpp"
#include "cms/transfer_decoder.hpp"

namespace cardseal::cms {
namespace {

using ipc::PartKind;

constexpr size_t looked_at = 512;  ///< bytes of a part's body in which its content type stands

constexpr uint8_t sequence = 0x30, object_identifier = 0x06;
constexpr uint8_t id_signed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
constexpr uint8_t id_enveloped_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03};
constexpr uint8_t id_auth_enveloped_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17};
constexpr uint8_t id_compressed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09};

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::BadMessage, "cannot read the message: " + why);
}

bool has_type(const MimeHeader& header, std::string_view subtype) {
    return header.media_type == "application/" + std::string(subtype) ||
           header.media_type == "application/x-" + std::string(subtype);
}

bool has_suffix(const MimeHeader& header, std::string_view suffix) {
    return header.media_type == "application/octet-stream" && lower_case(header.file_name).ends_with(suffix);
}

bool is_certificates_part(const MimeHeader& header) {
    return header.smime_type == "certs-only" || has_type(header, "pkcs7-certificates") ||
           lower_case(header.file_name).ends_with(".p7c");
}

/// Less than a whole text may be given.
Bytes decoded_start(const MimeHeader& header, ByteView text) {
    MemorySink decoded;
    try {
        make_transfer_decoder(header.transfer_encoding, decoded)->write(text);
    } catch (const Error&) {
        // Who opens the part will be told; for all others it is a part of no known kind.
    }
    return decoded.take();
}

/// The octets of the OBJECT IDENTIFIER that a ContentInfo begins with; empty if there is none.
ByteView content_type_of(ByteView start) {
    if (start.size() < 2 || start[0] != sequence) return {};
    const size_t length_octets = start[1] > 0x80 ? start[1] & 0x7f : 0;
    if (start.size() < 4 + length_octets || start[2 + length_octets] != object_identifier) return {};
    const auto rest = start.subspan(4 + length_octets);
    return rest.first(std::min<size_t>(rest.size(), start[3 + length_octets]));
}

bool is_multipart_signed(const MimeHeader& header) {
    return header.media_type == "multipart/signed" && header.protocol.find("pgp") == std::string::npos;
}

std::string name_of(PartKind kind) {
    switch (kind) {
        case PartKind::Signed:
            return "signed";
        case PartKind::Enveloped:
            return "encrypted";
        case PartKind::Compressed:
            return "compressed";
        case PartKind::Certificates:
            return "a message of certificates";
        case PartKind::Plain:
            return "plain";
    }
    throw Error(ErrorCode::Internal, "unknown kind of a part");
}

bool is_in(const MailPart& part, const MailPart& outer) {
    return outer.path.empty() || part.path == outer.path || part.path.starts_with(outer.path + ".");
}

}  // namespace

bool is_signature_part(const MimeHeader& header) {
    return has_type(header, "pkcs7-signature") || has_suffix(header, ".p7s");
}

bool is_cms_part(const MimeHeader& header) {
    return has_type(header, "pkcs7-mime") || has_type(header, "pkcs7-certificates") || is_signature_part(header) ||
           has_suffix(header, ".p7m") || has_suffix(header, ".p7c") || has_suffix(header, ".p7z");
}

PartKind kind_of_message(ByteView start) {
    const auto type = content_type_of(start);
    const auto is = [&](ByteView other) { return std::ranges::equal(type, other); };
    if (is(id_signed_data)) return PartKind::Signed;
    if (is(id_enveloped_data) || is(id_auth_enveloped_data)) return PartKind::Enveloped;
    return is(id_compressed_data) ? PartKind::Compressed : PartKind::Plain;
}

MailParts::MailParts(const Source& mail) : mail_(mail), parts_(walk_mail(mail)) {
    for (const auto& part : parts_) kinds_.push_back(kind_of(part));
}

// What the body says goes before what the header says: smime-type is often wrong.
PartKind MailParts::kind_of(const MailPart& part) const {
    if (is_multipart_signed(part.header)) return defect_of_signed(part) ? PartKind::Plain : PartKind::Signed;
    if (!is_cms_part(part.header) || is_signature_part(part.header)) return PartKind::Plain;
    Bytes start(static_cast<size_t>(std::min<uint64_t>(part.body_size(), looked_at)));
    mail_.read(part.body(), start);
    const auto kind = kind_of_message(decoded_start(part.header, start));
    return kind == PartKind::Signed && is_certificates_part(part.header) ? PartKind::Certificates : kind;
}

const MailPart* MailParts::find(const std::string& path) const {
    const auto found = std::ranges::find(parts_, path, &MailPart::path);
    return found == parts_.end() ? nullptr : &*found;
}

const MailPart& MailParts::choose(const ipc::PartSelection& wanted, PartKind kind) const {
    if (wanted.given) {
        if (const auto* part = find(wanted.path)) return *part;
        throw Error(ErrorCode::InvalidArgs, "the message has no part '" + wanted.path + "'");
    }
    for (size_t i = 0; i < parts_.size(); ++i)
        if (kinds_[i] == kind && !parts_[i].of_attached_mail) return parts_[i];
    refuse_all(kind);
}

/// Says what there is instead of a part of that kind.
void MailParts::refuse_all(PartKind kind) const {
    for (const auto& part : parts_)
        if (kind == PartKind::Signed && part.header.media_type == "multipart/signed")
            if (const auto* defect = defect_of_signed(part)) refuse(defect);
    const auto none = "no part of it is " + name_of(kind);
    for (size_t i = 0; i < parts_.size(); ++i) {
        const auto what = "part '" + parts_[i].path + "'";
        if (kinds_[i] == kind) refuse(none + ", but " + what + " of an attached mail is");
        if (kinds_[i] != PartKind::Plain) refuse(none + ", but " + what + " is " + name_of(kinds_[i]));
    }
    refuse(none);
}

const char* MailParts::defect_of_signed(const MailPart& part) const {
    if (!is_multipart_signed(part.header)) return "a mail signed with OpenPGP";
    if (part.header.boundary.empty()) return "a multipart/signed without a usable boundary";
    if (!part.closed) return "a multipart/signed without its last boundary";
    if (part.children != 2) return "a multipart/signed that has not two parts";
    if (!is_signature_part(signature(part).header)) return "a multipart/signed without an S/MIME signature";
    return nullptr;
}

const MailPart& MailParts::signed_content(const MailPart& part) const {
    if (const auto* defect = defect_of_signed(part)) refuse(defect);
    return *find(part.path.empty() ? "1" : part.path + ".1");
}

const MailPart& MailParts::signature(const MailPart& part) const {
    return *find(part.path.empty() ? "2" : part.path + ".2");
}

std::vector<ipc::PartReport> MailParts::report(const MailPart* chosen) const {
    std::vector<ipc::PartReport> reports;
    size_t text = 0;
    for (size_t i = 0; i < parts_.size(); ++i) {
        const auto& part = parts_[i];
        reports.push_back({.path = part.path,
                           .media_type = shortened(part.header.media_type, ipc::max_part_text),
                           .kind = kinds_[i],
                           .file_name = shortened(part.header.file_name, ipc::max_part_text),
                           .bytes = part.size,
                           .covered = chosen && is_in(part, *chosen)});
        text += reports.back().path.size() + reports.back().media_type.size() + reports.back().file_name.size();
        if (text > ipc::max_parts_text)
            throw Error(ErrorCode::LimitExceeded, "message is too large: the names of its parts");
    }
    return reports;
}

}  // namespace cardseal::cms
