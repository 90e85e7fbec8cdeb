// SPDX-License-Identifier: LGPL-2.1-or-later
// The sign job: digests the content, asks for each signer's signature, and only then writes.
#include <functional>
#include <set>

#include "cms/jobs.hpp"
#include "cms/message_output.hpp"
#include "cms/output.hpp"
#include "cms/signable_content.hpp"
#include "cms/signed_message.hpp"
#include "cms/signing_identity.hpp"

namespace cardseal::cms {

namespace {

using ipc::Detachment;
using ipc::OutputForm;

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

/// Tells after each piece.
class ReportingSink final : public Sink {
public:
    ReportingSink(Sink& out, std::function<void()> tell) : out_(out), tell_(std::move(tell)) {}
    void write(ByteView bytes) override {
        out_.write(bytes);
        tell_();
    }

private:
    Sink& out_;
    std::function<void()> tell_;
};

class Signing {
public:
    Signing(const ipc::SignJob& job, JobFiles& files, JobLink& link, KnownCertificates& known)
        : job_(job),
          link_(link),
          progress_(link),
          signers_(identities_of(job, known)),
          content_(job, digests_of(signers_), link),
          input_(std::move(files[0]), job.origin),
          output_(std::move(files[1])) {
        progress_.set_total(input_.claimed_size());
    }

    ipc::Finished run() {
        content_.read(input_, progress_);
        make_signatures();
        write_message();
        output_.finish();
        ipc::Finished finished;
        finished.bytes_in = input_.bytes_read();
        finished.bytes_out = output_.bytes_written();
        return finished;
    }

private:
    void make_signatures() {
        for (uint32_t index = 0; index < signers_.size(); ++index) {
            const auto& signer = signers_[index];
            message_.add_digest(signer.digest());
            for (auto& certificate : signer.certificates()) message_.add_certificate(std::move(certificate));
            message_.add_signer_info(signer.make_signer_info(content_.digests().digest(signer.digest()),
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
        MessageOutput armor(output_, job_.form, SmimeType::SignedData, content_.outer());
        BerWriter writer(armor, message_.layers(), OctetStringTag::Universal);
        send_content(writer);
        writer.finish(message_.after());
        armor.finish();
    }

    void write_multipart() {
        MultipartSignedOutput multipart(output_, micalg_of(digests_of(signers_)), content_.outer());
        send_content(multipart.content());
        multipart.finish(message_.detached());
    }

    void send_content(Sink& sink) {
        ReportingSink reporting(sink, [this] { progress_.written(output_.bytes_written()); });
        content_.send(reporting);
    }

    const ipc::SignJob& job_;
    JobLink& link_;
    ProgressMeter progress_;
    std::vector<SigningIdentity> signers_;
    SignableContent content_;
    Input input_;
    Output output_;
    SignedMessage message_;
};

}  // namespace

ipc::Finished run_sign(const ipc::SignJob& job, JobFiles files, JobLink& link, KnownCertificates& known) {
    if (files.size() != 2) throw Error(ErrorCode::Internal, "malformed internal message");
    refuse_same_file(files[0], files[1]);
    return Signing(job, files, link, known).run();
}

}  // namespace cardseal::cms
