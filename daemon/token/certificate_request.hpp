// SPDX-License-Identifier: LGPL-2.1-or-later
// CertificateRequest: a PKCS#10 request (RFC 2986) made out of checked fields.
//
// What crosses here, and who is believed: the fields are what some program asked for. Each is checked, and the
// structure around them is made here, so that what the key signs is a request for its own certificate and nothing else.
#pragma once

#include "ipc/token_care_messages.hpp"
#include "token/key.hpp"

namespace cardseal::token {

class CertificateRequest {
public:
    /// InvalidArgs for a name or an address that cannot stand in a certificate, or a use that the key does not have;
    /// UnsupportedAlgorithm for a key that cannot sign its request.
    CertificateRequest(const Key& key, const ipc::SignCertificateRequest& fields);

    Digest digest() const { return digest_; }
    /// DER CertificationRequestInfo: what is to be signed.
    const Bytes& information() const { return information_; }

    /// DER of the whole, with the key's signature (RSA PKCS#1, ECDSA-Sig-Value, Ed25519) over `information`.
    /// ModuleFailed if it does not verify.
    Bytes with_signature(ByteView signature);

private:
    Owned<X509_REQ, X509_REQ_free> request_;
    Digest digest_;
    int algorithm_;  ///< OpenSSL's number of the signature algorithm
    Bytes information_;
};

}  // namespace cardseal::token
