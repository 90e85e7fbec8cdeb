// SPDX-License-Identifier: LGPL-2.1-or-later
// Folder certificates: those of the certificate folders, read one by one.
#pragma once

#include <functional>

#include "base/file_descriptor.hpp"
#include "cms/capabilities.hpp"
#include "cms/certificate.hpp"
#include "ipc/certificate_messages.hpp"

namespace cardseal::cms {

struct FolderCertificate {
    Certificate certificate;
    Capabilities capabilities;
    ipc::CertificateSource source = ipc::CertificateSource::User;
    uint64_t seen = 0;  ///< seconds since 1970
};

/// An authority's certificate: of use for chains, not for mail.
bool is_authority(const Certificate& certificate);

/// Tells each certificate of a blob file of ipc::StoredCertificate; what is none is passed over. One at a time: there
/// may be more than fit into a worker's memory.
void for_each_in_folders(const FileDescriptor& folders, const std::function<void(FolderCertificate)>& tell);

}  // namespace cardseal::cms
