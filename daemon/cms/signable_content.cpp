// SPDX-License-Identifier: LGPL-2.1-or-later
// SignableContent: what a sign job signs, in the very bytes that are signed.
#include "cms/signable_content.hpp"

#include "base/error.hpp"
#include "cms/canonical_lines.hpp"
#include "cms/content_stream.hpp"
#include "cms/header_fields.hpp"
#include "cms/private_copy.hpp"

namespace cardseal::cms {

namespace {

using ipc::Detachment;
using ipc::OutputForm;

constexpr size_t piece_size = 64 * 1024;

[[noreturn]] void refuse_encoding(const std::string& what) {
    throw Error(ErrorCode::BadMessage, "cannot sign detached: " + what +
                                           " is not 7-bit text, which transport may change (RFC 8551 3.1.3): encode "
                                           "it, or put the content inside the signature (opaque)");
}

/// Digested, and kept.
class DigestingCopy final : public Sink {
public:
    DigestingCopy(ContentDigests& digests, Sink& copy) : digests_(digests), copy_(copy) {}
    void write(ByteView bytes) override {
        digests_.write(bytes);
        copy_.write(bytes);
    }

private:
    ContentDigests& digests_;
    Sink& copy_;
};

void send_input(ByteView start, Input& input, ProgressMeter& progress, Sink& sink) {
    if (!start.empty()) sink.write(start);
    Bytes piece(piece_size);
    while (const auto count = input.read(piece)) {
        sink.write(ByteView(piece).first(count));
        progress.read(input.bytes_read());
    }
}

EntityStart read_start(ByteView start) {
    try {
        return read_entity_start(start);
    } catch (const Error& error) {
        // The parser speaks of messages that are read; here the caller's own content is no MIME entity.
        if (error.code() != ErrorCode::BadMessage) throw;
        throw Error(ErrorCode::BadMessage,
                    "cannot sign as S/MIME: the content does not begin with a MIME header "
                    "(the formats der and pem sign any bytes)");
    }
}

/// Which encoding makes 7-bit text of a body; parts of a body have encodings of their own, which stay.
TransferEncoding encoding_for(const MimeHeader& header) {
    const auto& now = header.transfer_encoding;
    if (header.media_type.starts_with("multipart/") || header.media_type.starts_with("message/"))
        refuse_encoding("a part of the content");
    if (now != "" && now != "7bit" && now != "8bit" && now != "binary")
        refuse_encoding("the body, which is " + now + ",");
    const bool in_lines = header.media_type.starts_with("text/") && now != "binary";
    return in_lines ? TransferEncoding::QuotedPrintable : TransferEncoding::Base64;
}

}  // namespace

SignableContent::SignableContent(const ipc::SignJob& job, const std::set<Digest>& digests, JobLink& link)
    : job_(job), digest_names_(digests), link_(link), digests_(digests) {
    if (job.input == ipc::InputKind::Mail && job.form != OutputForm::Smime)
        throw Error(ErrorCode::InvalidArgs, "a mail is signed as S/MIME only");
}

bool SignableContent::is_only_signature() const {
    return job_.detachment == Detachment::Detached && job_.form != OutputForm::Smime;
}

/// One pass is enough for a bare signature. Everything else is written after the signatures exist, from a copy that
/// holds the very bytes that were digested.
void SignableContent::read(Input& input, ProgressMeter& progress) {
    if (is_only_signature()) {
        send_input({}, input, progress, digests_);
    } else {
        PrivateCopy copy([this] { return link_.open_spool(); });
        if (job_.form == OutputForm::Smime) {
            read_entity(input, progress, copy);
        } else {
            DigestingCopy both(digests_, copy);
            send_input({}, input, progress, both);
        }
        body_ = copy.finish();
    }
    if (encoding_) {
        digests_ = ContentDigests(digest_names_);
        send(digests_);
    }
    digests_.finish();
}

void SignableContent::read_entity(Input& input, ProgressMeter& progress, Sink& copy) {
    Bytes start(largest_header);
    start.resize(input.read(start));
    entity_ =
        job_.input == ipc::InputKind::Mail ? divide_mail_header(start, job_.header_protection) : read_start(start);
    SevenBitProbe header(digests_);
    header.write(bytes_of(entity_.header));

    DigestingCopy both(digests_, copy);
    SevenBitProbe body(both);
    // RFC 8551 §3.1, §3.1.1: all of an entity is text in lines, but for the body of one that says binary.
    CanonicalLines lines(body, entity_.mime.transfer_encoding == "binary" ? 0 : UINT64_MAX);
    send_input(ByteView(start).subspan(entity_.mime.size), input, progress, lines);
    lines.finish();
    if (job_.detachment == Detachment::Detached) choose_encoding(header, body);
}

void SignableContent::choose_encoding(const SevenBitProbe& header, const SevenBitProbe& body) {
    if (!header.is_seven_bit()) refuse_encoding("the header");
    if (body.is_seven_bit() && entity_.mime.transfer_encoding != "binary") return;
    encoding_ = encoding_for(entity_.mime);
    entity_.header = with_transfer_encoding(entity_.header, name_of(*encoding_));
}

void SignableContent::send(Sink& sink) const {
    if (!entity_.header.empty()) sink.write(bytes_of(entity_.header));
    if (!encoding_) return send_body(sink);
    const auto encoder = make_transfer_encoder(*encoding_, sink);
    send_body(*encoder);
    encoder->finish();
}

void SignableContent::send_body(Sink& sink) const {
    SourceContent content(*body_);
    Bytes piece(piece_size);
    while (const auto count = content.read(piece)) sink.write(ByteView(piece).first(count));
}

}  // namespace cardseal::cms
