// SPDX-License-Identifier: LGPL-2.1-or-later
// JobLink: the broker as a CMS worker sees it. Each request has the shape of a local function; a refusal is the
// broker's Error thrown here.
#pragma once

#include "base/secret.hpp"
#include "ipc/certificate_messages.hpp"
#include "ipc/channel.hpp"

namespace cardseal::cms {

class JobLink {
public:
    JobLink(const ipc::Channel& channel, JobId job) : channel_(channel), job_(job) {}

    /// The signature over the DER SET OF Attribute by the job's signer of that index.
    Bytes sign_attributes(uint32_t signer, ipc::SignAttributes operation);
    /// The recipient to use; may take as long as a person needs for a PIN.
    ipc::ChosenRecipient choose_recipient(ipc::ChooseRecipient candidates);
    Secret unwrap_content_key(ipc::UnwrapContentKey operation);
    Secret agree_key(ipc::AgreeKey operation);
    /// An unlinked, empty file on disk, open for reading and writing; once per job.
    FileDescriptor open_spool();
    void progress(ipc::Progress progress);
    void learned(ipc::Learned learned);
    void found(ipc::CertificateFound found);
    void judged(ipc::CertificateJudged judged);

private:
    void tell(ipc::MessageType type, ByteView payload);
    ipc::Packet ask(ipc::MessageType question, ipc::MessageType answer, ByteView payload);

    const ipc::Channel& channel_;
    JobId job_;
    uint32_t next_request_ = 1;
};

}  // namespace cardseal::cms
