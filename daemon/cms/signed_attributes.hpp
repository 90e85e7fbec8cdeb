// SPDX-License-Identifier: LGPL-2.1-or-later
// Signed attributes (RFC 5652 §5.3, §11; RFC 8551 §2.5; RFC 5035; RFC 6211): made, and checked.
#pragma once

#include "cms/signature_algorithm.hpp"
#include "cms/signed_data.hpp"

namespace cardseal::cms {

/// What signed attributes are made of.
struct AttributeSetup {
    const Certificate& signer;
    const Certificate* encryption;  ///< what mail to the signer is encrypted to, if it is another; null: none
    const SignatureScheme& scheme;
    ByteView content_digest;
    int64_t signing_time;  ///< seconds since 1970
};

/// The DER SET OF Attribute over id-data: content-type, message-digest, signing-time, SMIMECapabilities,
/// signingCertificateV2, algorithm protection, and the encryption key's preference if there is one.
Bytes make_signed_attributes(const AttributeSetup& setup);

/// What the signature says that its attributes must agree with.
struct AttributeContext {
    const std::string& content_type;  ///< dotted
    ByteView content_digest;
    const Certificate& signer;
};

/// Why the attributes do not belong to this content, signer and SignerInfo; empty if they do.
std::optional<Refusal> check_signed_attributes(const ReceivedSigner& signer, const AttributeContext& context);

/// As claimed, in seconds since 1970; 0 if it is not there or cannot be read.
uint64_t claimed_signing_time(const asn1::SignerInfo& info);

/// Whether these bytes could be passed off as signed attributes: content that is, must not be believed under a
/// signature without attributes.
bool looks_like_signed_attributes(ByteView content);

}  // namespace cardseal::cms
