// SPDX-License-Identifier: LGPL-2.1-or-later
// Broker and token worker: looking after a token: new keys, requests for certificates, certificates.
//
// What crosses here, and who is believed: as in token_messages.hpp. These write to a token, or sign one structure that
// the token worker builds itself; the broker passes on what a person asked for, and parses none of it.
//
// Requests and their answers (each may be answered by Failure instead):
//   GenerateKey                 -> KeyFound              the new key, without a certificate
//   TokenSignCertificateRequest -> CertificateRequest
//   ReadCertificateFile         -> CertificateFileRead
//   StoreCertificate            -> CertificateStored
#pragma once

#include "ipc/token_messages.hpp"

namespace cardseal::ipc {

/// Default: RSA of 3072 bits, else of 2048, else P-256, whichever the token makes: what most mail programs read.
enum class NewKeyAlgorithm : uint16_t { Default, Rsa2048, Rsa3072, Rsa4096, P256, P384, P521, Ed25519 };

/// What the token lets the key do. It signs in any case, at least the request for its certificate.
enum class NewKeyUse : uint16_t { Sign, Both };

struct GenerateKey {
    TokenId token;
    NewKeyAlgorithm algorithm = NewKeyAlgorithm::Default;
    NewKeyUse use = NewKeyUse::Both;
    std::string label;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(token.value, 1024);
        codec.choice(algorithm, NewKeyAlgorithm::Ed25519);
        codec.choice(use, NewKeyUse::Both);
        codec.text(label, 256);
    }
};

inline constexpr size_t max_request_addresses = 16;
inline constexpr size_t max_request_name = 256;  ///< bytes
inline constexpr size_t max_certificate_request = 16 * 1024;

/// What the certificate is wanted for. Default: all that the key can do.
enum class CertificateUse : uint16_t { Default, Sign, Encrypt, Both };

/// Sign a PKCS#10 request (RFC 2986) for a certificate of the key. The token worker makes every byte of it, out of
/// these fields and the key's own public half.
struct SignCertificateRequest {
    std::string name;                    ///< common name of the subject; empty: the first address
    std::vector<std::string> addresses;  ///< one at least
    CertificateUse use = CertificateUse::Default;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(name, max_request_name);
        codec.list(addresses, max_request_addresses, [&](std::string& item) { codec.text(item, 512); });
        codec.choice(use, CertificateUse::Both);
    }
};

using TokenSignCertificateRequest = WithKey<SignCertificateRequest>;

struct CertificateRequest {
    Bytes der;

    template <class Codec>
    void fields(Codec& codec) {
        codec.blob(der, max_certificate_request);
    }
};

inline constexpr size_t max_own_certificate_file = 64 * 1024;
inline constexpr size_t max_own_certificates = 16;

/// Which keys the certificates in a file are for: PEM with one or more, or one in DER.
struct ReadCertificateFile {
    Bytes file;

    template <class Codec>
    void fields(Codec& codec) {
        codec.blob(file, max_own_certificate_file);
    }
};

struct CertificateFileRead {
    std::vector<KeyId> keys;

    template <class Codec>
    void fields(Codec& codec) {
        codec.list(keys, max_own_certificates, [&](KeyId& key) { codec.text(key.value, 128); });
    }
};

/// Put the certificate of this key beside it, with those above it that are in the file too.
struct StoreCertificate {
    TokenId token;
    KeyId key;
    std::string label;  ///< of the certificate
    Bytes file;

    template <class Codec>
    void fields(Codec& codec) {
        codec.text(token.value, 1024);
        codec.text(key.value, 128);
        codec.text(label, 1024);
        codec.blob(file, max_own_certificate_file);
    }
};

/// Fingerprints (hex SHA-256), that of the key's own certificate first.
struct CertificateStored {
    std::vector<std::string> stored, present;  ///< written now; there before

    template <class Codec>
    void fields(Codec& codec) {
        for (auto* fingerprints : {&stored, &present})
            codec.list(*fingerprints, max_own_certificates, [&](std::string& item) { codec.text(item, 64); });
    }
};

}  // namespace cardseal::ipc
