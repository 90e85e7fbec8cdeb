// SPDX-License-Identifier: LGPL-2.1-or-later
// The certificates job: which certificates of the folders fit a filter, those of a file to import, and the verdicts on
// those of tokens.
#include <algorithm>

#include "cms/folder_certificates.hpp"
#include "cms/jobs.hpp"
#include "cms/recipient_fitness.hpp"
#include "cms/text.hpp"
#include "ipc/blob_file.hpp"

namespace cardseal::cms {

namespace {

constexpr size_t largest_trust = 16 << 20;  ///< bytes of all anchors, and of all CRLs
constexpr size_t largest_import = 2 << 20;
constexpr size_t most_authorities = 256;
constexpr size_t largest_judgement = 32 << 20;

std::vector<std::string> usages_of(const Certificate& certificate) {
    std::vector<std::string> usages;
    if (!certificate.is_for_mail()) return usages;
    if (can_encrypt(certificate)) usages.emplace_back("encrypt");
    if (certificate.key_usage_allows(CertificateUse::Sign) && key_weakness(certificate.public_key()).empty())
        usages.emplace_back("sign");
    return usages;
}

bool fits(const Certificate& certificate, const ipc::CertificatesJob& job) {
    if (job.fingerprint.empty() && is_authority(certificate)) return false;
    if (!certificate.fingerprint().starts_with(job.fingerprint)) return false;
    const auto same = [&](const std::string& address) { return same_without_case(address, job.email); };
    if (!job.email.empty() && !std::ranges::any_of(certificate.addresses(), same)) return false;
    if (job.usage == ipc::CertificateUsage::Any) return true;
    const auto* usage = job.usage == ipc::CertificateUsage::Encrypt ? "encrypt" : "sign";
    return std::ranges::count(usages_of(certificate), usage) > 0;
}

uint64_t since_1970(int64_t seconds) { return static_cast<uint64_t>(std::max<int64_t>(seconds, 0)); }

ipc::CertificateFound description(const FolderCertificate& known, const RecipientJudgement& judgement) {
    const auto& certificate = known.certificate;
    auto* key = certificate.public_key();
    return {.certificate = certificate.der(),
            .fingerprint = certificate.fingerprint(),
            .subject = certificate.subject(),
            .issuer = certificate.issuer(),
            .serial = certificate.serial(),
            .addresses = certificate.addresses(),
            .not_before = since_1970(certificate.not_before()),
            .not_after = since_1970(certificate.not_after()),
            .key_algorithm = key_algorithm(key),
            .key_bits = key ? static_cast<uint32_t>(EVP_PKEY_get_bits(key)) : 0,
            .usages = usages_of(certificate),
            .source = known.source,
            .chain = judgement.chain,
            .reason = judgement.refusal,
            .capabilities = known.capabilities.names,
            .seen = known.seen};
}

void require_files(const JobFiles& files, size_t count) {
    if (files.size() != count) throw Error(ErrorCode::Internal, "malformed internal message");
}

Trust trust_of(const FileDescriptor& anchors, const FileDescriptor& crls) {
    return {ipc::read_blob_file(anchors, largest_trust), ipc::read_blob_file(crls, largest_trust)};
}

std::vector<Certificate> authorities_in(const FileDescriptor& folders) {
    std::vector<Certificate> authorities;
    for_each_in_folders(folders, [&](const FolderCertificate& known) {
        if (authorities.size() < most_authorities && is_authority(known.certificate))
            authorities.push_back(known.certificate);
    });
    return authorities;
}

struct Found {
    std::vector<FolderCertificate> fitting;
    std::vector<Certificate> authorities;
};

Found search(const ipc::CertificatesJob& job, const FileDescriptor& folders) {
    Found found;
    for_each_in_folders(folders, [&](const FolderCertificate& known) {
        if (known.certificate.der().size() > ipc::max_certificate) return;
        if (found.authorities.size() < most_authorities && is_authority(known.certificate))
            found.authorities.push_back(known.certificate);
        if (!fits(known.certificate, job)) return;
        if (found.fitting.size() == ipc::max_certificates_found)
            throw Error(ErrorCode::LimitExceeded, "more than " + std::to_string(ipc::max_certificates_found) +
                                                      " certificates fit: use a filter, such as 'email'");
        found.fitting.push_back(known);
    });
    return found;
}

void find(const ipc::CertificatesJob& job, const JobFiles& files, JobLink& link) {
    require_files(files, 3);
    const auto found = search(job, files[0]);
    if (found.fitting.empty()) return;
    const auto trust = trust_of(files[1], files[2]);
    const std::vector<CrlPointer> no_crls;
    for (const auto& known : found.fitting)
        link.found(description(known, judge_recipient(known.certificate, trust, {found.authorities, no_crls},
                                                      static_cast<int64_t>(job.time))));
}

ipc::CertificateJudged judge(const ipc::TokenCertificate& given, const Trust& trust,
                             const std::vector<Certificate>& authorities, int64_t seconds) {
    const auto own = parse_certificates(given.certificate);
    if (own.size() != 1) return {ipc::ChainVerdict::Unknown, "the certificate cannot be read"};
    auto companions = authorities;
    for (const auto& each : given.chain) std::ranges::move(parse_certificates(each), std::back_inserter(companions));
    const std::vector<CrlPointer> no_crls;
    auto judgement = trust.judge(own.front(), {companions, no_crls}, seconds);
    return {judgement.verdict, std::move(judgement.reason)};
}

void judge(const ipc::CertificatesJob& job, const JobFiles& files, JobLink& link) {
    require_files(files, 4);
    const auto authorities = authorities_in(files[1]);
    const auto trust = trust_of(files[2], files[3]);
    for (const auto& blob : ipc::read_blob_file(files[0], largest_judgement))
        link.judged(
            judge(ipc::decode<ipc::TokenCertificate>(blob), trust, authorities, static_cast<int64_t>(job.time)));
}

void import(const JobFiles& files, JobLink& link) {
    require_files(files, 1);
    const auto blobs = ipc::read_blob_file(files[0], largest_import);
    if (blobs.size() != 1) throw Error(ErrorCode::Internal, "malformed internal message");
    const auto certificates = parse_certificates(blobs[0]);
    if (certificates.empty()) throw Error(ErrorCode::BadMessage, "there is no certificate in the file");
    if (certificates.size() > ipc::max_imported)
        throw Error(ErrorCode::LimitExceeded,
                    "the file has more than " + std::to_string(ipc::max_imported) + " certificates");
    for (const auto& certificate : certificates) link.learned({certificate.der(), {}, 0});
}

}  // namespace

ipc::Finished run_certificates(const ipc::CertificatesJob& job, JobFiles files, JobLink& link) {
    switch (job.action) {
        case ipc::CertificatesAction::Find:
            find(job, files, link);
            break;
        case ipc::CertificatesAction::Import:
            import(files, link);
            break;
        case ipc::CertificatesAction::Judge:
            judge(job, files, link);
            break;
    }
    return {};
}

}  // namespace cardseal::cms
