// SPDX-License-Identifier: LGPL-2.1-or-later
// The verify job: who signed a message, and is each signature valid.
#include <algorithm>
#include <memory>

#include "cms/content_stream.hpp"
#include "cms/jobs.hpp"
#include "cms/learning.hpp"
#include "cms/message_input.hpp"
#include "cms/output.hpp"
#include "cms/private_copy.hpp"
#include "cms/progress_meter.hpp"
#include "cms/protected_headers.hpp"
#include "cms/signature_algorithm.hpp"
#include "cms/signer_judgement.hpp"
#include "ipc/blob_file.hpp"

namespace cardseal::cms {

namespace {

constexpr size_t largest_trust = 16 << 20;          ///< bytes of all anchors, and of all CRLs
constexpr size_t largest_certificates = 32 * 1024;  ///< bytes of all signers' in the answer
constexpr size_t piece_size = 64 * 1024;
constexpr uint8_t signed_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

struct VerifyFiles {
    FileDescriptor input, anchors, crls, content, output;

    VerifyFiles(const ipc::VerifyJob& job, JobFiles files) {
        const size_t expected = 3 + (job.has_content ? 1 : 0) + (job.has_output ? 1 : 0);
        if (files.size() != expected) throw Error(ErrorCode::Internal, "malformed internal message");
        input = std::move(files[0]);
        anchors = std::move(files[1]);
        crls = std::move(files[2]);
        if (job.has_content) content = std::move(files[3]);
        if (job.has_output) output = std::move(files.back());
    }
};

class Verification {
public:
    Verification(const ipc::VerifyJob& job, JobFiles files, JobLink& link)
        : job_(job), files_(job, std::move(files)), link_(link), progress_(link) {
        if (job.has_output) refuse_same_files();
    }

    ipc::Finished run() {
        message_ =
            open_message(std::move(files_.input), {job_.form, job_.origin, job_.part, ipc::PartKind::Signed}, link_);
        result_.bytes_in = message_.bytes_in;
        result_.parts = std::move(message_.parts);
        cut_ = cut_message(*message_.message);
        if (!std::ranges::equal(cut_.type, signed_data))
            throw Error(ErrorCode::BadMessage, "message is not signed: it is encrypted or compressed");
        signed_ = read_signed_data(cut_.rest);
        cut_.rest = {};
        // Certificates only, or no more than that: nothing is signed.
        if (signed_.signers.empty()) return std::move(result_);
        find_content();
        judge();
        limit_certificates();
        if (job_.has_output && result_.valid) write_content();
        return std::move(result_);
    }

private:
    void refuse_same_files() {
        refuse_same_file(files_.input, files_.output);
        if (job_.has_content) refuse_same_file(files_.content, files_.output);
    }

    /// Exactly one of: inside the message, beside it in a multipart/signed, in a descriptor of its own.
    void find_content() {
        const int places = (cut_.content ? 1 : 0) + (message_.content ? 1 : 0) + (job_.has_content ? 1 : 0);
        if (places == 0) throw Error(ErrorCode::BadMessage, "signature is detached: the signed content is needed");
        if (places > 1) throw Error(ErrorCode::BadMessage, "message has its content inside and another beside it");
        // A mail that was stored with LF was signed with CR LF. One that has any CR is taken as it is: its line
        // ends must not be tried until a signature fits.
        line_feeds_only_ = message_.content && !has_carriage_return(*message_.content);
        if (job_.has_content && job_.has_output) copy_content();
    }

    /// It is needed twice, and may be a pipe, or change in between.
    void copy_content() {
        PrivateCopy copy([this] { return link_.open_spool(); });
        Input input(std::move(files_.content), ipc::InputOrigin::Foreign);
        Bytes piece(piece_size);
        while (const auto count = input.read(piece)) copy.write(ByteView(piece).first(count));
        result_.bytes_in += input.bytes_read();
        copied_content_ = copy.finish();
    }

    void judge() {
        std::set<Digest> needed;
        for (const auto& signer : signed_.signers)
            if (const auto digest = read_digest_algorithm(signer.info->digest_algorithm)) needed.insert(*digest);
        ContentDigests digests(needed);
        ContentStart start(digests);
        send_content(start);
        digests.finish();
        const auto headers = read_protected_headers(start.bytes());
        const Trust trust(ipc::read_blob_file(files_.anchors, largest_trust),
                          ipc::read_blob_file(files_.crls, largest_trust));
        const auto authors = job_.from.empty() ? message_.authors : authors_named(job_.from);
        const auto signed_authors = headers.declared ? read_mail_authors(start.bytes()) : std::nullopt;
        const SignedContext context{signed_, digests,       trust, static_cast<int64_t>(job_.verification_time),
                                    authors, signed_authors};
        result_.valid = true;
        for (const auto& signer : signed_.signers) {
            result_.signers.push_back(judge_signer(signer, context));
            result_.valid = result_.valid && result_.signers.back().valid;
        }
        if (result_.valid) result_.headers = reported(headers.fields);
        if (result_.valid) tell_learned(context);
    }

    void tell_learned(const SignedContext& context) {
        for (size_t i = 0; i < signed_.signers.size(); ++i)
            if (auto learned = learned_from(signed_.signers[i], result_.signers[i], context))
                link_.learned(std::move(*learned));
    }

    /// The answer must fit into one packet, whatever certificates the message has.
    void limit_certificates() {
        size_t room = largest_certificates;
        for (auto& signer : result_.signers) {
            if (signer.certificate.size() > std::min(room, ipc::max_certificate)) signer.certificate.clear();
            room -= signer.certificate.size();
        }
    }

    void write_content() {
        Output output(std::move(files_.output));
        send_content(output);
        output.finish();
        result_.bytes_out = output.bytes_written();
    }

    void send_content(Sink& sink) {
        if (job_.has_content && !copied_content_) return send_detached_content(sink);
        const auto content = open_content();
        Bytes piece(piece_size);
        uint64_t sent = 0;
        while (const auto count = content->read(piece)) {
            sink.write(ByteView(piece).first(count));
            sent += count;
            // The first pass only digests; nothing leaves before the verdict.
            if (result_.valid) progress_.written(sent);
        }
    }

    void send_detached_content(Sink& sink) {
        Input input(std::move(files_.content), ipc::InputOrigin::Foreign);
        progress_.set_total(input.claimed_size());
        Bytes piece(piece_size);
        while (const auto count = input.read(piece)) {
            sink.write(ByteView(piece).first(count));
            progress_.read(result_.bytes_in + input.bytes_read());
        }
        result_.bytes_in += input.bytes_read();
    }

    std::unique_ptr<ContentStream> open_content() const {
        if (copied_content_) return std::make_unique<SourceContent>(*copied_content_);
        if (cut_.content) return std::make_unique<EmbeddedContent>(*message_.message, *cut_.content);
        if (line_feeds_only_) return std::make_unique<CanonicalContent>(*message_.content);
        return std::make_unique<SourceContent>(*message_.content);
    }

    const ipc::VerifyJob& job_;
    VerifyFiles files_;
    JobLink& link_;
    ProgressMeter progress_;
    OpenedMessage message_;
    CutMessage cut_;
    ReceivedSignedData signed_;
    std::unique_ptr<Source> copied_content_;
    bool line_feeds_only_ = false;
    ipc::Finished result_;
};

}  // namespace

ipc::Finished run_verify(const ipc::VerifyJob& job, JobFiles files, JobLink& link) {
    return Verification(job, std::move(files), link).run();
}

}  // namespace cardseal::cms
