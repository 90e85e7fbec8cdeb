// SPDX-License-Identifier: LGPL-2.1-or-later
// KnownCertificates: the certificates that a worker signs with, decoded once.
#include "cms/known_certificates.hpp"

#include <algorithm>

#include "ipc/job_messages.hpp"

namespace cardseal::cms {

std::optional<Certificate> KnownCertificates::decode(ByteView der) {
    for (const auto& known : known_)
        if (std::ranges::equal(known.der, der)) return known.certificate;
    auto decoded_certificate = decoded<X509, X509_free, d2i_X509>(der);
    if (!decoded_certificate) return std::nullopt;
    if (known_.size() == ipc::max_signers_made) known_.pop_front();
    return known_.emplace_back(Known{to_bytes(der), Certificate(std::move(decoded_certificate))}).certificate;
}

}  // namespace cardseal::cms
