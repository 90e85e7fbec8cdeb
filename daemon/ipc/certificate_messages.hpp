// SPDX-License-Identifier: LGPL-2.1-or-later
// Broker and CMS worker: the certificates of folders and tokens, and what messages teach about their signers.
//
// What crosses here, and who is believed: the broker reads the folders unread and hands their files over as they are.
// What a worker says that it learned or found is the word of a process that may be in an attacker's hands: the broker
// counts it, names files by its own digest of the bytes, and writes only what a job's table of permissions allows.
#pragma once

#include "ipc/job_messages.hpp"

namespace cardseal::ipc {

/// Whose folder a certificate lies in.
enum class CertificateSource : uint16_t { User, System };

inline constexpr size_t max_certificate_file = 64 * 1024;  ///< PEM with text around it
inline constexpr size_t max_capabilities = 4 * 1024;
inline constexpr size_t max_folders = 32u << 20;  ///< bytes of the blob file of all folders

/// One file of a certificate folder, as a blob of a blob file.
struct StoredCertificate {
    CertificateSource source = CertificateSource::User;
    uint64_t seen = 0;   ///< seconds since 1970: when the file was last written
    Bytes file;          ///< DER or PEM, or anything else: nobody has looked
    Bytes capabilities;  ///< DER SMIMECapabilities of a verified message, or empty

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(source, CertificateSource::System);
        codec.number(seen);
        codec.blob(file, max_certificate_file);
        codec.blob(capabilities, max_capabilities);
    }
};

/// A verify job learned a signer's certificate, or a certificates job found one in the file to import.
struct Learned {
    Bytes certificate;          ///< DER
    Bytes capabilities;         ///< DER SMIMECapabilities (RFC 8551 §2.5.2), or empty
    uint64_t signing_time = 0;  ///< as claimed, seconds since 1970; 0: not given

    template <class Codec>
    void fields(Codec& codec) {
        codec.blob(certificate, max_certificate);
        codec.blob(capabilities, max_capabilities);
        codec.number(signing_time);
    }
};

inline constexpr uint32_t max_learned = 64;    ///< by one verify job
inline constexpr uint32_t max_imported = 256;  ///< from one file
inline constexpr uint32_t max_certificates_found = 4096;
inline constexpr uint32_t max_certificates_judged = 4096;

/// A certificate of a token, as a blob of a blob file.
struct TokenCertificate {
    Bytes certificate;         ///< DER
    std::vector<Bytes> chain;  ///< those above it on the token

    template <class Codec>
    void fields(Codec& codec) {
        codec.blob(certificate, max_certificate);
        codec.list(chain, max_chain, [&](Bytes& item) { codec.blob(item, max_certificate); });
    }
};

enum class CertificatesAction : uint16_t { Find, Import, Judge };
enum class CertificateUsage : uint16_t { Any, Encrypt, Sign };

/// Descriptors: Find: certificate folders (blob file of StoredCertificate), anchors, CRLs (blob files); Import: the
/// file (a blob file with one blob); Judge: certificates of tokens (blob file of TokenCertificate), folders, anchors,
/// CRLs. Each entry of the filter that is not empty must fit.
struct CertificatesJob {
    CertificatesAction action = CertificatesAction::Find;
    uint64_t time = 0;          ///< seconds since 1970: certificates are judged then
    std::string email{};        ///< as a whole, without case
    std::string fingerprint{};  ///< or a beginning of it
    CertificateUsage usage = CertificateUsage::Any;

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(action, CertificatesAction::Judge);
        codec.number(time);
        codec.text(email, max_address);
        codec.text(fingerprint, 64);
        codec.choice(usage, CertificateUsage::Sign);
    }
};

/// A certificate of the folders, as the worker read and judged it.
struct CertificateFound {
    Bytes certificate;  ///< DER
    std::string fingerprint, subject, issuer, serial;
    std::vector<std::string> addresses;
    uint64_t not_before = 0, not_after = 0;  ///< seconds since 1970
    std::string key_algorithm;
    uint32_t key_bits = 0;
    std::vector<std::string> usages;  ///< "encrypt", "sign"
    CertificateSource source = CertificateSource::User;
    ChainVerdict chain = ChainVerdict::Unknown;
    std::string reason;                     ///< why it cannot be encrypted to now; empty if it can
    std::vector<std::string> capabilities;  ///< names of algorithms
    uint64_t seen = 0;

    template <class Codec>
    void fields(Codec& codec) {
        codec.blob(certificate, max_certificate);
        codec.text(fingerprint, 64);
        codec.text(subject, 1024);
        codec.text(issuer, 1024);
        codec.text(serial, 128);
        codec.list(addresses, 16, [&](std::string& item) { codec.text(item, max_address); });
        codec.number(not_before);
        codec.number(not_after);
        codec.text(key_algorithm, 64);
        codec.number(key_bits);
        codec.list(usages, 2, [&](std::string& item) { codec.text(item, 16); });
        codec.choice(source, CertificateSource::System);
        codec.choice(chain, ChainVerdict::Unknown);
        codec.text(reason, 1024);
        codec.list(capabilities, 32, [&](std::string& item) { codec.text(item, 64); });
        codec.number(seen);
    }
};

/// What the worker found of one of a token's certificates, in the order in which they were given.
struct CertificateJudged {
    ChainVerdict chain = ChainVerdict::Unknown;
    std::string reason;  ///< empty if it is trusted

    template <class Codec>
    void fields(Codec& codec) {
        codec.choice(chain, ChainVerdict::Unknown);
        codec.text(reason, 1024);
    }
};

}  // namespace cardseal::ipc
