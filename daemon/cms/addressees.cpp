// SPDX-License-Identifier: LGPL-2.1-or-later
// Addressees: the certificates that a message is encrypted to, and what each is remembered to read.
#include "cms/addressees.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "cms/recipient_search.hpp"
#include "ipc/blob_file.hpp"

namespace cardseal::cms {

namespace {

constexpr size_t largest_trust = 16 << 20;       ///< bytes of all anchors, and of all CRLs
constexpr size_t certificates_limit = 64 << 20;  ///< bytes of all recipients' certificates

void require_usable(const Certificate& certificate, const std::string& refusal) {
    if (!refusal.empty())
        throw Error(ErrorCode::CertificateUnusable,
                    "cannot encrypt to certificate " + certificate.fingerprint() + ": " + refusal);
}

class Addressees {
public:
    Addressees(const ipc::EncryptJob& job, const AddresseeFiles& files)
        : seconds_(static_cast<int64_t>(job.encryption_time)),
          trust_(ipc::read_blob_file(files.anchors, largest_trust), ipc::read_blob_file(files.crls, largest_trust)),
          search_(job.addresses) {
        for_each_in_folders(files.folders, [this](FolderCertificate known) { search_.see(std::move(known)); });
        const auto blobs = ipc::read_blob_file(files.recipients, certificates_limit);
        if (job.originators > blobs.size()) throw Error(ErrorCode::Internal, "malformed internal message");
        const auto given = std::span(blobs).first(blobs.size() - job.originators);
        for (const auto& blob : given) add_given(parsed(blob));
        for (auto& known : search_.choose(trust_, seconds_)) add({known.certificate, known.capabilities});
        for (const auto& blob : std::span(blobs).last(job.originators)) add_oneself(parsed(blob));
        check_count();
    }

    std::vector<Addressee> take() { return std::move(all_); }

private:
    static Certificate parsed(ByteView blob) {
        auto certificate = Certificate::parse(blob);
        if (!certificate) throw Error(ErrorCode::InvalidArgs, "recipients: not a certificate");
        return std::move(*certificate);
    }

    void add_given(Certificate certificate) {
        static const std::vector<CrlPointer> no_crls;
        require_usable(certificate,
                       judge_recipient(certificate, trust_, {search_.authorities(), no_crls}, seconds_).refusal);
        auto capabilities = search_.capabilities_of(certificate);
        add({std::move(certificate), std::move(capabilities)});
    }

    void add_oneself(Certificate certificate) {
        require_usable(certificate, encryption_refusal(certificate, seconds_));
        add({std::move(certificate), {}, true});
    }

    void add(Addressee addressee) {
        if (keys_.insert(encoded<i2d_PUBKEY>(addressee.certificate.public_key())).second)
            all_.push_back(std::move(addressee));
    }

    void check_count() const {
        if (all_.empty()) throw Error(ErrorCode::InvalidArgs, "recipients: none given");
        if (all_.size() > ipc::max_recipients)
            throw Error(ErrorCode::LimitExceeded, "recipients: more than " + std::to_string(ipc::max_recipients));
    }

    int64_t seconds_;
    Trust trust_;
    RecipientSearch search_;
    std::vector<Addressee> all_;
    std::set<Bytes> keys_;
};

}  // namespace

std::vector<Addressee> read_addressees(const ipc::EncryptJob& job, const AddresseeFiles& files) {
    return Addressees(job, files).take();
}

ContentCipher chosen_cipher(const ipc::EncryptJob& job, const std::vector<Addressee>& addressees) {
    if (job.has_cipher) return job.cipher;
    const auto reads_gcm = [](const Addressee& one) { return one.is_oneself || one.capabilities.aes_256_gcm; };
    const bool gcm = job.profile == ipc::EncryptionProfile::Modern || std::ranges::all_of(addressees, reads_gcm);
    return gcm ? ContentCipher::Aes256Gcm : ContentCipher::Aes256Cbc;
}

KeyTransport chosen_transport(const ipc::EncryptJob& job, const Addressee& addressee) {
    if (job.has_rsa_transport) return job.rsa_transport;
    const bool oaep = job.profile == ipc::EncryptionProfile::Modern || addressee.capabilities.oaep;
    return oaep ? KeyTransport::Oaep : KeyTransport::Pkcs1;
}

}  // namespace cardseal::cms
