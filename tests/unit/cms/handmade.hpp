// SPDX-License-Identifier: LGPL-2.1-or-later
// A signed message put together by hand, attribute by attribute, for tests.
#pragma once

#include <optional>

#include "cms/signature_algorithm.hpp"
#include "test_pki.hpp"

namespace cardseal::cms::test {

/// What every handmade message signs.
extern const Bytes handmade_content;

Bytes joined(const std::vector<Bytes>& parts);
/// DER OBJECT IDENTIFIER.
Bytes oid(const char* dotted);
/// DER Attribute with these DER values.
Bytes attribute(const char* type, const std::vector<Bytes>& values);
Bytes content_type(const char* type = "1.2.840.113549.1.7.1");
/// Of `handmade_content`, by SHA-256.
Bytes digest_value();
Bytes digest_attribute(const std::vector<Bytes>& values);
/// DER SET OF.
Bytes set_of(std::vector<Bytes> attributes);

struct Salt {
    int length;
};

/// A detached message over `handmade_content` with exactly these signed attributes (tag SET OF).
struct Handmade {
    const Identity& identity;
    Bytes attributes;
    SignatureScheme scheme{SignatureFamily::Ecdsa, Digest::Sha256};
    std::optional<Salt> pss = std::nullopt;
    std::optional<Bytes> sid = std::nullopt;
    std::vector<const Certificate*> certificates = {};        ///< none: the signer's
    std::vector<Bytes> more_certificates = {};                ///< DER of any kind of CertificateChoices
    std::optional<Bytes> digest_algorithm = std::nullopt;     ///< DER, in place of SHA-256
    std::optional<Bytes> signature_algorithm = std::nullopt;  ///< DER, in place of that of `scheme`
    std::vector<Bytes> crls = {};                             ///< DER of any kind of RevocationInfoChoice

    Bytes message() const;
};

}  // namespace cardseal::cms::test
