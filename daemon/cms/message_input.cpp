// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening a message in any of the forms that people have it: one pass from the input through the form's decoder into a
// private copy.
#include "cms/message_input.hpp"

#include <array>

#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/input.hpp"
#include "cms/message_form.hpp"
#include "cms/mime.hpp"
#include "cms/pem_decoder.hpp"
#include "cms/private_copy.hpp"
#include "cms/progress_meter.hpp"
#include "cms/transfer_decoder.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t piece_size = 64 * 1024;
constexpr uint64_t signature_limit = 16 << 20;

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

/// A type or, for programs that do not know the type, a file name (RFC 8551 §3.2.1).
bool is_of_kind(const MimeHeader& header, std::string_view subtype, std::string_view suffix) {
    if (header.media_type == "application/" + std::string(subtype)) return true;
    if (header.media_type == "application/x-" + std::string(subtype)) return true;
    return header.media_type == "application/octet-stream" && header.file_name.ends_with(suffix);
}

/// Bytes that the first encoding of a source claims to have, if its length is definite.
uint64_t claimed_size(const Source& source) {
    std::array<uint8_t, 10> header{};
    const auto have = static_cast<size_t>(std::min<uint64_t>(header.size(), source.size()));
    source.read(0, std::span(header).first(have));
    if (have < 2 || header[1] < 0x80) return 2 + uint64_t{header[1]};
    const size_t octets = header[1] & 0x7f;
    if (octets == 0 || 2 + octets > have) return 0;
    uint64_t length = 0;
    for (size_t i = 0; i < octets; ++i) length = length << 8 | header[2 + i];
    return 2 + octets + length;
}

/// The line break that mail transport puts behind a binary body is no part of the message.
uint64_t size_without_line_break(const Source& source) {
    std::array<uint8_t, 4> end{};
    if (source.size() < end.size()) return source.size();
    source.read(source.size() - end.size(), end);
    const uint64_t break_size = end[3] != '\n' ? 0 : end[2] == '\r' ? 2 : 1;
    const auto size = source.size() - break_size;
    const bool indefinite_ends = claimed_size(source) == 0 && end[3 - break_size] == 0;
    return claimed_size(source) == size || indefinite_ends ? size : source.size();
}

class MessageReader {
public:
    MessageReader(FileDescriptor file, ipc::InputOrigin origin, JobLink& link)
        : input_(std::move(file), origin), link_(link), progress_(link) {
        progress_.set_total(input_.claimed_size());
        start_.resize(largest_header);
        start_.resize(input_.read(start_));
    }

    OpenedMessage open(ipc::InputForm wanted) {
        const auto form = recognise_form(start_);
        check_form(wanted, form);
        auto opened = open_as(form);
        opened.bytes_in = input_.bytes_read();
        if (form == MessageForm::Smime) opened.authors = read_mail_authors(start_);
        return opened;
    }

private:
    OpenedMessage open_as(MessageForm form) {
        switch (form) {
            case MessageForm::Der:
                return decode(0, [](Sink& out) { return make_transfer_decoder("binary", out); });
            case MessageForm::Base64:
                return decode(0, [](Sink& out) { return make_transfer_decoder("base64", out); });
            case MessageForm::Pem: {
                const auto pem = read_pem_start(start_);
                return decode(pem.size, [&](Sink& out) { return std::make_unique<PemDecoder>(pem.label, out); });
            }
            case MessageForm::Smime:
                return open_mime();
        }
        throw Error(ErrorCode::Internal, "unknown form of a message");
    }

    OpenedMessage open_mime() {
        const auto header = parse_mime_header(start_);
        if (header.media_type == "multipart/signed") return open_multipart(header);
        if (!is_of_kind(header, "pkcs7-mime", ".p7m") && !is_of_kind(header, "pkcs7-mime", ".p7z"))
            refuse("a mail that is neither encrypted nor signed");
        auto opened =
            decode(header.size, [&](Sink& out) { return make_transfer_decoder(header.transfer_encoding, out); });
        opened.whole = std::move(opened.message);
        opened.message = std::make_unique<SourceRange>(*opened.whole, 0, size_without_line_break(*opened.whole));
        return opened;
    }

    OpenedMessage open_multipart(const MimeHeader& header) {
        if (header.protocol.find("pgp") != std::string::npos) refuse("a mail signed with OpenPGP");
        OpenedMessage opened;
        opened.whole = std::move(decode(0, [](Sink& out) { return make_transfer_decoder("binary", out); }).message);
        const auto parts = split_multipart_signed(*opened.whole, header.size, header.boundary);
        opened.content = std::make_unique<SourceRange>(*opened.whole, parts.content_offset, parts.content_size);
        opened.message = read_signature(SourceRange(*opened.whole, parts.signature_offset, parts.signature_size));
        return opened;
    }

    static std::unique_ptr<Source> read_signature(const Source& part) {
        if (part.size() > signature_limit) throw Error(ErrorCode::LimitExceeded, "signature is too large");
        // A part without content ends in its header, whose last line break belongs to the boundary.
        Bytes text(static_cast<size_t>(part.size()));
        part.read(0, text);
        const auto header = parse_mime_header(text);
        if (!is_of_kind(header, "pkcs7-signature", ".p7s")) refuse("a multipart/signed without an S/MIME signature");
        MemorySink decoded;
        const auto decoder = make_transfer_decoder(header.transfer_encoding, decoded);
        decoder->write(ByteView(text).subspan(header.size));
        decoder->finish();
        return std::make_unique<MemorySource>(decoded.take());
    }

    /// Sends the input from `offset` of its start through the decoder into a private copy.
    template <class MakeDecoder>
    OpenedMessage decode(size_t offset, MakeDecoder make_decoder) {
        PrivateCopy copy([this] { return link_.open_spool(); });
        const std::unique_ptr<TransferDecoder> decoder = make_decoder(copy);
        decoder->write(ByteView(start_).subspan(offset));
        Bytes piece(piece_size);
        for (bool more = start_.size() == largest_header; more;) {
            const auto size = input_.read(piece);
            decoder->write(ByteView(piece).first(size));
            progress_.read(input_.bytes_read());
            more = size == piece.size();
        }
        decoder->finish();
        OpenedMessage opened;
        opened.message = copy.finish();
        return opened;
    }

    Input input_;
    JobLink& link_;
    ProgressMeter progress_;
    Bytes start_;
};

}  // namespace

OpenedMessage open_message(FileDescriptor input, ipc::InputForm form, ipc::InputOrigin origin, JobLink& link) {
    return MessageReader(std::move(input), origin, link).open(form);
}

}  // namespace cardseal::cms
