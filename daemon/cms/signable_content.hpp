// SPDX-License-Identifier: LGPL-2.1-or-later
// SignableContent: what a sign job signs, in the very bytes that are signed.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "cms/content_digests.hpp"
#include "cms/input.hpp"
#include "cms/job_link.hpp"
#include "cms/mail_header.hpp"
#include "cms/progress_meter.hpp"
#include "cms/source.hpp"
#include "cms/transfer_encoder.hpp"

namespace cardseal::cms {

/// Read once into a private copy, digested, and sent as often as needed. An entity gets canonical line ends (RFC 8551
/// §3.1.1); under a detached signature a body that is not 7-bit text gets a transfer encoding that makes it so
/// (§3.1.3), because transport that recodes it would break the signature.
class SignableContent {
public:
    /// `job` and the others must outlive it.
    SignableContent(const ipc::SignJob& job, const std::set<Digest>& digests, JobLink& link);

    /// All of the input. BadMessage if it is not what the form wants, or parts of it would need another encoding.
    void read(Input& input, ProgressMeter& progress);

    const ContentDigests& digests() const { return digests_; }
    /// The fields before those of the S/MIME entity.
    const std::string& outer() const { return entity_.outer; }
    /// The bytes that were digested; not after a bare signature's read().
    void send(Sink& sink) const;

private:
    bool is_only_signature() const;
    void read_entity(Input& input, ProgressMeter& progress, Sink& copy);
    void choose_encoding(const SevenBitProbe& header, const SevenBitProbe& body);
    void send_body(Sink& sink) const;

    const ipc::SignJob& job_;
    std::set<Digest> digest_names_;
    JobLink& link_;
    ContentDigests digests_;
    EntityStart entity_;
    std::unique_ptr<Source> body_;  ///< of an entity, else the whole content
    std::optional<TransferEncoding> encoding_;
};

}  // namespace cardseal::cms
