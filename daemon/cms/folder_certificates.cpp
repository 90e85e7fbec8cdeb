// SPDX-License-Identifier: LGPL-2.1-or-later
// Folder certificates: those of the certificate folders, read one by one.
#include "cms/folder_certificates.hpp"

#include "ipc/blob_file.hpp"

namespace cardseal::cms {

bool is_authority(const Certificate& certificate) {
    const bool may_issue = X509_check_ca(certificate.get()) > 0;
    forget_openssl_errors();
    return may_issue && certificate.addresses().empty();
}

void for_each_in_folders(const FileDescriptor& folders, const std::function<void(FolderCertificate)>& tell) {
    for (const auto& blob : ipc::read_blob_file(folders, ipc::max_folders)) {
        const auto stored = ipc::decode<ipc::StoredCertificate>(blob);
        auto capabilities = read_capabilities(stored.capabilities);
        for (auto& certificate : parse_certificates(stored.file))
            tell({std::move(certificate), capabilities, stored.source, stored.seen});
    }
}

}  // namespace cardseal::cms
