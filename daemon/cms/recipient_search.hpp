// SPDX-License-Identifier: LGPL-2.1-or-later
// RecipientSearch: which known certificate is meant by an address.
#pragma once

#include <map>

#include "cms/folder_certificates.hpp"
#include "cms/recipient_fitness.hpp"

namespace cardseal::cms {

/// Sees every known certificate once, then answers.
class RecipientSearch {
public:
    explicit RecipientSearch(const std::vector<std::string>& addresses);

    void see(FolderCertificate certificate);

    /// For each address its certificate: those of a trusted chain come first, then the one that became valid last.
    /// NoSuchCertificate or CertificateUnusable, with the reason for each address that has none.
    std::vector<FolderCertificate> choose(const Trust& trust, int64_t seconds) const;
    /// Of a certificate that was given as a file: what its owner is remembered to read.
    Capabilities capabilities_of(const Certificate& certificate) const;
    /// Certificates of authorities: they help to build chains.
    const std::vector<Certificate>& authorities() const { return authorities_; }

private:
    struct Wanted {
        std::string address;
        std::vector<FolderCertificate> candidates;  ///< the latest first
        size_t seen = 0;
    };
    struct Choice;
    Choice choose_for(const Wanted& wanted, const Trust& trust, int64_t seconds) const;

    std::vector<Wanted> wanted_;
    std::vector<Certificate> authorities_;
    std::map<std::string, Capabilities> remembered_;  ///< by fingerprint
};

}  // namespace cardseal::cms
