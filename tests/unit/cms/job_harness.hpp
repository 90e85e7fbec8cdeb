// SPDX-License-Identifier: LGPL-2.1-or-later
// JobHarness: runs a CMS job over a real channel against a broker of this test's, whose keys are software keys.
#pragma once

#include <functional>
#include <optional>

#include "cms/jobs.hpp"
#include "test_pki.hpp"

namespace cardseal::cms::test {

/// How often the job asked for each thing.
struct Requests {
    int signatures = 0, choices = 0, unwraps = 0, agreements = 0, spools = 0, progress = 0;
    int of_keys() const { return signatures + unwraps + agreements; }
};

class JobHarness {
public:
    /// Signer number i of a sign job signs with the i-th identity; a recipient is chosen by identifier among all.
    explicit JobHarness(std::vector<const Identity*> identities = {}) : identities_(std::move(identities)) {}

    /// Each request for a key is answered with this instead.
    void refuse_with(ipc::Failure failure) { refusal_ = std::move(failure); }
    /// Changes a signature before it is answered.
    void change_signature(std::function<void(Bytes&)> change) { change_signature_ = std::move(change); }

    ipc::Finished sign(const ipc::SignJob& job, JobFiles files);
    ipc::Finished verify(const ipc::VerifyJob& job, JobFiles files);
    ipc::Finished inspect(const ipc::InspectJob& job, JobFiles files);
    ipc::Finished encrypt(const ipc::EncryptJob& job, JobFiles files);
    ipc::Finished decrypt(const ipc::DecryptJob& job, JobFiles files);
    ipc::Finished decompress(const ipc::DecompressJob& job, JobFiles files);
    ipc::Finished certificates(const ipc::CertificatesJob& job, JobFiles files);

    const Requests& requests() const { return requests_; }
    /// Of the last ChooseRecipient.
    const std::vector<ipc::RecipientIdentifier>& offered_recipients() const { return offered_; }
    const std::vector<ipc::SignAttributes>& signed_attributes() const { return signed_attributes_; }
    const std::vector<ipc::Learned>& learned() const { return learned_; }
    const std::vector<ipc::CertificateFound>& found() const { return found_; }
    const std::vector<ipc::CertificateJudged>& judged() const { return judged_; }

private:
    ipc::Finished run(const std::function<ipc::Finished(JobLink&)>& job);
    void serve(const ipc::Channel& channel);
    void answer(const ipc::Channel& channel, const ipc::Packet& packet);

    Bytes sign_attributes(const ipc::SignerAttributes& request);
    ipc::ChosenRecipient choose(const ipc::ChooseRecipient& request);
    Bytes unwrap(const ipc::UnwrapContentKey& request);
    Bytes agree(const ipc::AgreeKey& request);
    void require_key_permission() const;

    std::vector<const Identity*> identities_;
    const Identity* chosen_ = nullptr;
    std::optional<ipc::Failure> refusal_;
    std::function<void(Bytes&)> change_signature_;
    Requests requests_;
    std::vector<ipc::RecipientIdentifier> offered_;
    std::vector<ipc::SignAttributes> signed_attributes_;
    std::vector<ipc::Learned> learned_;
    std::vector<ipc::CertificateFound> found_;
    std::vector<ipc::CertificateJudged> judged_;
};

/// An unlinked memory file with that content, at its start; and what such a file holds.
FileDescriptor file_with(ByteView content);
FileDescriptor empty_file();
/// Certificate folders as a job gets them.
FileDescriptor folder_file(const std::vector<ipc::StoredCertificate>& certificates);
Bytes content_of(const FileDescriptor& file);

/// Runs a program with these arguments and standard input; its standard output, and its exit status.
struct ProgramResult {
    int status;
    Bytes output;
};
ProgramResult run_program(const std::vector<std::string>& arguments, ByteView input = {});

/// A folder of its own, removed with its owner.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    /// Writes a file in it; its path.
    std::string write(const std::string& name, ByteView content) const;
    std::string path(const std::string& name) const { return folder_ + "/" + name; }

private:
    std::string folder_;
};

}  // namespace cardseal::cms::test
