// SPDX-License-Identifier: LGPL-2.1-or-later
// The header fields that a signed or encrypted content brings with it (RFC 9788, RFC 8551 §3.1).
#pragma once

#include "cms/sink.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

struct ProtectedHeaders {
    std::vector<ipc::HeaderText> fields;  ///< but for MIME-Version and Content-*
    /// The content says itself that these are its own fields (RFC 9788 §2.1.1). Otherwise it holds a mail, which may as
    /// well be one that is forwarded (§4.10): good to show, not good to match a signer's address.
    bool declared = false;
};

/// Of the content that begins with `start`; without fields if it protects none or is no MIME entity.
ProtectedHeaders read_protected_headers(ByteView start);

/// As many of them, in their order, as the broker is told.
std::vector<ipc::HeaderText> reported(std::vector<ipc::HeaderText> fields);

/// Passes a content on and keeps its beginning, as much of it as can be a header.
class ContentStart final : public Sink {
public:
    explicit ContentStart(Sink& out) : out_(out) {}
    void write(ByteView bytes) override;
    ByteView bytes() const { return start_; }

private:
    Sink& out_;
    Bytes start_;
};

}  // namespace cardseal::cms
