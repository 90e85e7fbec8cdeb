// SPDX-License-Identifier: LGPL-2.1-or-later
// Opening a message in any of the forms that people have it: one pass from the input through the form's decoder into a
// private copy.
#include "cms/message_input.hpp"

#include <array>

#include "base/error.hpp"
#include "cms/header_fields.hpp"
#include "cms/input.hpp"
#include "cms/mail_parts.hpp"
#include "cms/message_form.hpp"
#include "cms/pem_decoder.hpp"
#include "cms/private_copy.hpp"
#include "cms/progress_meter.hpp"
#include "cms/text.hpp"
#include "cms/transfer_decoder.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t piece_size = 64 * 1024;
constexpr uint64_t signature_limit = 16 << 20;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::BadMessage, "cannot read the message: " + why);
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

    OpenedMessage open(const WantedMessage& wanted) {
        const auto form = recognise_form(start_);
        check_form(wanted.form, form);
        auto opened = form == MessageForm::Smime ? open_mime(wanted) : open_bare(form, wanted.part);
        opened.bytes_in = input_.bytes_read();
        return opened;
    }

    InspectedMessage inspect(ipc::InputForm wanted) {
        const auto form = recognise_form(start_);
        check_form(wanted, form);
        InspectedMessage inspected;
        if (form == MessageForm::Smime)
            inspected.parts = MailParts(*copy_mail()).report(nullptr);
        else
            inspected.parts = {bare_part(*decode_bare(form))};
        inspected.bytes_in = input_.bytes_read();
        return inspected;
    }

private:
    OpenedMessage open_bare(MessageForm form, const ipc::PartSelection& part) {
        require_whole(part);
        OpenedMessage opened;
        opened.message = decode_bare(form);
        opened.parts = {bare_part(*opened.message)};
        return opened;
    }

    std::unique_ptr<Source> decode_bare(MessageForm form) {
        if (form == MessageForm::Der) return decode(0, [](Sink& out) { return make_transfer_decoder("binary", out); });
        if (form == MessageForm::Base64)
            return decode(0, [](Sink& out) { return make_transfer_decoder("base64", out); });
        const auto pem = read_pem_start(start_);
        return decode(pem.size, [&](Sink& out) { return std::make_unique<PemDecoder>(pem.label, out); });
    }

    /// The one part of a message that is no mail, or a mail without parts.
    ipc::PartReport bare_part(const Source& message) const {
        Bytes start(static_cast<size_t>(std::min<uint64_t>(message.size(), piece_size)));
        message.read(0, start);
        ipc::PartReport part;
        part.kind = kind_of_message(start);
        part.bytes = input_.bytes_read();
        part.covered = true;
        return part;
    }

    static void require_whole(const ipc::PartSelection& part) {
        if (part.given && !part.path.empty())
            throw Error(ErrorCode::InvalidArgs, "the message has no part '" + part.path + "'");
    }

    OpenedMessage open_mime(const WantedMessage& wanted) {
        const auto header = parse_mime_header(start_);
        return is_cms_part(header) ? open_body(header, wanted.part) : open_part(wanted);
    }

    /// A mail whose body is the message: no copy of the mail is needed.
    OpenedMessage open_body(const MimeHeader& header, const ipc::PartSelection& part) {
        require_whole(part);
        const auto size = static_cast<size_t>(header.size);
        auto body = decode(size, [&](Sink& out) { return make_transfer_decoder(header.transfer_encoding, out); });
        OpenedMessage opened;
        opened.authors = read_mail_authors(start_);
        opened.parts = {bare_part(*body)};
        opened.parts.front().media_type = shortened(header.media_type, ipc::max_part_text);
        opened.parts.front().file_name = shortened(header.file_name, ipc::max_part_text);
        opened.message = std::make_unique<SourceRange>(*body, 0, size_without_line_break(*body));
        opened.underlying.push_back(std::move(body));
        return opened;
    }

    OpenedMessage open_part(const WantedMessage& wanted) {
        auto mail = copy_mail();
        const MailParts parts(*mail);
        const auto& chosen = parts.choose(wanted.part, wanted.kind);
        OpenedMessage opened;
        if (!chosen.of_attached_mail) opened.authors = read_mail_authors(start_);
        opened.parts = parts.report(&chosen);
        if (chosen.header.media_type == "multipart/signed") {
            const auto& content = parts.signed_content(chosen);
            opened.message = read_signature(*mail, parts.signature(chosen));
            opened.content = std::make_unique<SourceRange>(*mail, content.offset, content.size);
        } else if (is_cms_part(chosen.header)) {
            auto body = decode_part(*mail, chosen);
            opened.message = std::make_unique<SourceRange>(*body, 0, size_without_line_break(*body));
            opened.underlying.push_back(std::move(body));
        } else {
            refuse("its part '" + chosen.path + "' is neither encrypted nor signed");
        }
        opened.underlying.push_back(std::move(mail));
        return opened;
    }

    std::unique_ptr<Source> decode_part(const Source& mail, const MailPart& part) {
        PrivateCopy copy([this] { return link_.open_spool(); });
        const auto decoder = make_transfer_decoder(part.header.transfer_encoding, copy);
        Bytes piece(piece_size);
        for (uint64_t done = 0; done < part.body_size(); done += piece.size()) {
            piece.resize(static_cast<size_t>(std::min<uint64_t>(piece_size, part.body_size() - done)));
            mail.read(part.body() + done, piece);
            decoder->write(piece);
        }
        decoder->finish();
        return copy.finish();
    }

    static std::unique_ptr<Source> read_signature(const Source& mail, const MailPart& part) {
        if (part.size > signature_limit) throw Error(ErrorCode::LimitExceeded, "signature is too large");
        Bytes text(static_cast<size_t>(part.body_size()));
        mail.read(part.body(), text);
        MemorySink decoded;
        const auto decoder = make_transfer_decoder(part.header.transfer_encoding, decoded);
        decoder->write(text);
        decoder->finish();
        return std::make_unique<MemorySource>(decoded.take());
    }

    std::unique_ptr<Source> copy_mail() {
        return decode(0, [](Sink& out) { return make_transfer_decoder("binary", out); });
    }

    /// Sends the input from `offset` of its start through the decoder into a private copy.
    template <class MakeDecoder>
    std::unique_ptr<Source> decode(size_t offset, MakeDecoder make_decoder) {
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
        return copy.finish();
    }

    Input input_;
    JobLink& link_;
    ProgressMeter progress_;
    Bytes start_;
};

}  // namespace

OpenedMessage open_message(FileDescriptor input, const WantedMessage& wanted, JobLink& link) {
    return MessageReader(std::move(input), wanted.origin, link).open(wanted);
}

InspectedMessage inspect_message(FileDescriptor input, ipc::InputForm form, ipc::InputOrigin origin, JobLink& link) {
    return MessageReader(std::move(input), origin, link).inspect(form);
}

}  // namespace cardseal::cms
