// SPDX-License-Identifier: LGPL-2.1-or-later
// The sign job: digests the content, asks for each signer's signature, and only then writes.
#include <set>

#include "cms/canonical_lines.hpp"
#include "cms/content_digests.hpp"
#include "cms/content_stream.hpp"
#include "cms/header_fields.hpp"
#include "cms/jobs.hpp"
#include "cms/message_output.hpp"
#include "cms/mime.hpp"
#include "cms/output.hpp"
#include "cms/private_copy.hpp"
#include "cms/progress_meter.hpp"
#include "cms/signed_message.hpp"
#include "cms/signing_identity.hpp"

namespace cardseal::cms {

namespace {

using ipc::Detachment;
using ipc::OutputForm;

constexpr size_t piece_size = 64 * 1024;
constexpr uint64_t all_of_it = UINT64_MAX;

std::vector<SigningIdentity> identities_of(const ipc::SignJob& job, KnownCertificates& known) {
    if (job.signers.empty()) throw Error(ErrorCode::InvalidArgs, "cannot sign: no signer is given");
    std::vector<SigningIdentity> identities;
    for (const auto& setup : job.signers) identities.emplace_back(setup, job, known);
    return identities;
}

std::set<Digest> digests_of(const std::vector<SigningIdentity>& signers) {
    std::set<Digest> digests;
    for (const auto& signer : signers) digests.insert(signer.digest());
    return digests;
}

/// RFC 8551 §3.5.3.2.
std::string micalg_of(const std::set<Digest>& digests) {
    std::string names;
    for (const auto digest : digests) {
        if (!names.empty()) names += ',';
        names += "sha-" + name_of(digest).substr(3);
    }
    return names;
}

/// The content of both passes: digested, and kept.
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

class Signing {
public:
    Signing(const ipc::SignJob& job, JobFiles& files, JobLink& link, KnownCertificates& known)
        : job_(job),
          link_(link),
          progress_(link),
          signers_(identities_of(job, known)),
          digests_(digests_of(signers_)),
          input_(std::move(files[0]), job.origin),
          output_(std::move(files[1])) {
        progress_.set_total(input_.claimed_size());
    }

    ipc::Finished run() {
        read_content();
        digests_.finish();
        make_signatures();
        write_message();
        output_.finish();
        ipc::Finished finished;
        finished.bytes_in = input_.bytes_read();
        finished.bytes_out = output_.bytes_written();
        return finished;
    }

private:
    bool is_only_signature() const { return job_.detachment == Detachment::Detached && job_.form != OutputForm::Smime; }

    /// One pass is enough for a bare signature. Everything else is written after the signatures exist, from a copy
    /// that holds the very bytes that were digested.
    void read_content() {
        if (is_only_signature()) return send_input({}, digests_);
        PrivateCopy copy([this] { return link_.open_spool(); });
        DigestingCopy both(digests_, copy);
        if (job_.form == OutputForm::Smime)
            send_entity(both);
        else
            send_input({}, both);
        content_ = copy.finish();
    }

    void send_entity(Sink& sink) {
        Bytes start(largest_header);
        start.resize(input_.read(start));
        CanonicalLines lines(sink, size_of_text(start));
        send_input(start, lines);
        lines.finish();
    }

    /// RFC 8551 §3.1, §3.1.1: all of an entity is text in lines, but for the body of one that says binary.
    uint64_t size_of_text(ByteView start) const {
        const auto header = read_header(start);
        if (header.transfer_encoding != "binary") return all_of_it;
        if (job_.detachment == Detachment::Detached)
            throw Error(ErrorCode::BadMessage,
                        "cannot sign: a multipart/signed cannot carry the transfer encoding binary");
        return header.size;
    }

    static MimeHeader read_header(ByteView start) {
        try {
            return parse_mime_header(start);
        } catch (const Error&) {
            // The parser speaks of messages that are read; here the caller's own content is no MIME entity.
            throw Error(ErrorCode::BadMessage,
                        "cannot sign as S/MIME: the content does not begin with a MIME header "
                        "(the formats der and pem sign any bytes)");
        }
    }

    void send_input(ByteView start, Sink& sink) {
        if (!start.empty()) sink.write(start);
        Bytes piece(piece_size);
        while (const auto count = input_.read(piece)) {
            sink.write(ByteView(piece).first(count));
            progress_.read(input_.bytes_read());
        }
    }

    void make_signatures() {
        for (uint32_t index = 0; index < signers_.size(); ++index) {
            const auto& signer = signers_[index];
            message_.add_digest(signer.digest());
            message_.add_certificate(signer.certificate());
            for (const auto& certificate : signer.chain()) message_.add_certificate(certificate);
            message_.add_signer_info(signer.make_signer_info(digests_.digest(signer.digest()),
                                                             static_cast<int64_t>(job_.signing_time), index, link_));
        }
    }

    void write_message() {
        if (job_.detachment == Detachment::Opaque) return write_opaque();
        if (job_.form == OutputForm::Smime) return write_multipart();
        MessageOutput armor(output_, job_.form, SmimeType::SignedData);
        armor.write(message_.detached());
        armor.finish();
    }

    void write_opaque() {
        MessageOutput armor(output_, job_.form, SmimeType::SignedData);
        BerWriter writer(armor, message_.layers(), OctetStringTag::Universal);
        send_content(writer);
        writer.finish(message_.after());
        armor.finish();
    }

    void write_multipart() {
        MultipartSignedOutput multipart(output_, micalg_of(digests_of(signers_)));
        send_content(multipart.content());
        multipart.finish(message_.detached());
    }

    void send_content(Sink& sink) {
        SourceContent content(*content_);
        Bytes piece(piece_size);
        while (const auto count = content.read(piece)) {
            sink.write(ByteView(piece).first(count));
            progress_.written(output_.bytes_written());
        }
    }

    const ipc::SignJob& job_;
    JobLink& link_;
    ProgressMeter progress_;
    std::vector<SigningIdentity> signers_;
    ContentDigests digests_;
    Input input_;
    Output output_;
    std::unique_ptr<Source> content_;
    SignedMessage message_;
};

}  // namespace

ipc::Finished run_sign(const ipc::SignJob& job, JobFiles files, JobLink& link, KnownCertificates& known) {
    if (files.size() != 2) throw Error(ErrorCode::Internal, "malformed internal message");
    refuse_same_file(files[0], files[1]);
    return Signing(job, files, link, known).run();
}

}  // namespace cardseal::cms
