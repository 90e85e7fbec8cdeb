// SPDX-License-Identifier: LGPL-2.1-or-later
// Addressees: the certificates that a message is encrypted to, and what each is remembered to read.
#pragma once

#include "base/file_descriptor.hpp"
#include "cms/capabilities.hpp"
#include "cms/certificate.hpp"
#include "ipc/job_messages.hpp"

namespace cardseal::cms {

/// Who gets the content-encryption key.
struct Addressee {
    Certificate certificate;
    Capabilities capabilities;
    bool is_oneself = false;
};

/// Blob files, see ipc::EncryptJob; borrowed.
struct AddresseeFiles {
    const FileDescriptor &recipients, &folders, &anchors, &crls;
};

/// Those given as certificates, those of the job's addresses, and oneself; each public key once. CertificateUnusable,
/// NoSuchCertificate, InvalidArgs, LimitExceeded.
std::vector<Addressee> read_addressees(const ipc::EncryptJob& job, const AddresseeFiles& files);

/// What the job names, else what its profile makes of the capabilities. One's own keys count as able to read AES-GCM.
ContentCipher chosen_cipher(const ipc::EncryptJob& job, const std::vector<Addressee>& addressees);
KeyTransport chosen_transport(const ipc::EncryptJob& job, const Addressee& addressee);

}  // namespace cardseal::cms
