// SPDX-License-Identifier: LGPL-2.1-or-later
// SignedMessage: the ContentInfo with SignedData (RFC 5652 §5.1) that a sign job writes, around a content or without.
#pragma once

#include "cms/ber_writer.hpp"
#include "cms/certificate.hpp"
#include "ipc/algorithms.hpp"

namespace cardseal::cms {

class SignedMessage {
public:
    void add_digest(Digest digest);
    /// Each certificate is in the message once, however often it is added.
    void add_certificate(Bytes der);
    void add_signer_info(Bytes der);

    /// DER, without content.
    Bytes detached() const;

    /// For a BerWriter: what is around the content, and what follows it.
    std::vector<BerLayer> layers() const;
    std::vector<Bytes> after() const;

private:
    Bytes before_content() const;
    Bytes after_content() const;

    std::vector<Bytes> digests_, certificates_, signer_infos_;
};

}  // namespace cardseal::cms
