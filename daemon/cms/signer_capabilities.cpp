// SPDX-License-Identifier: LGPL-2.1-or-later
// What a signer says about being written to.
#include "cms/signer_capabilities.hpp"

#include <algorithm>

#include "cms/ber.hpp"
#include "cms/signed_attribute_reader.hpp"

namespace cardseal::cms {

namespace {

constexpr uint8_t tag_object = 0x06, tag_octet_string = 0x04, tag_sequence = 0x30;
// SMIMEEncryptionKeyPreference's alternatives, tagged implicitly.
constexpr uint8_t issuer_and_serial = 0xa0, recipient_key_identifier = 0xa1, subject_key_identifier = 0x82;

/// The DER elements of a SEQUENCE; empty if it is not well-formed.
std::vector<Bytes> elements_of(ByteView sequence) {
    std::vector<Bytes> items;
    if (sequence.empty() || !has_der_lengths(sequence)) return items;
    const MemorySource source(to_bytes(sequence));
    Elements elements(source, read_tlv(source, 0, source.size()), source.size());
    while (const auto element = elements.next()) {
        Bytes item(static_cast<size_t>(elements.after_current() - element->offset));
        source.read(element->offset, item);
        items.push_back(std::move(item));
    }
    return items;
}

std::optional<SmimeCapability> read_capability(ByteView der) {
    const auto fields = elements_of(der);
    if (fields.empty() || fields.size() > 2 || fields[0].front() != tag_object) return std::nullopt;
    const auto object = decoded<ASN1_OBJECT, ASN1_OBJECT_free, d2i_ASN1_OBJECT>(fields[0]);
    if (!object) return std::nullopt;
    return SmimeCapability{dotted(object.get()), fields.size() == 2 ? fields[1] : Bytes()};
}

std::vector<SmimeCapability> read_capabilities(const asn1::SignedAttributes* attributes) {
    std::vector<SmimeCapability> capabilities;
    const auto found = find_attribute(attributes, attribute_type::smime_capabilities);
    for (const auto& item : elements_of(sequence_of(found.value)))
        if (auto capability = read_capability(item); capability && capabilities.size() < most_capabilities)
            capabilities.push_back(std::move(*capability));
    return capabilities;
}

/// The value of an OCTET STRING in DER; empty if it is none.
Bytes octets_of(ByteView der) {
    const auto string = decoded<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free, d2i_ASN1_OCTET_STRING>(der);
    return string ? to_bytes(view_of(string.get())) : Bytes();
}

Bytes retagged(ByteView der, uint8_t tag) {
    auto copy = to_bytes(der);
    copy.front() = tag;
    return copy;
}

bool is_named_by(const Certificate& certificate, ByteView preference) {
    if (preference.empty()) return false;
    if (preference.front() == issuer_and_serial)
        return certificate.issuer_and_serial() == retagged(preference, tag_sequence);
    Bytes identifier;
    if (preference.front() == subject_key_identifier) identifier = octets_of(retagged(preference, tag_octet_string));
    if (preference.front() == recipient_key_identifier)
        if (const auto fields = elements_of(retagged(preference, tag_sequence)); !fields.empty())
            identifier = octets_of(fields[0]);
    return !identifier.empty() && certificate.subject_key_identifier() == identifier;
}

ByteView preference_of(const asn1::SignedAttributes* attributes) {
    const auto found = find_attribute(attributes, attribute_type::encryption_key_preference);
    if (!found.value || found.value->type != V_ASN1_OTHER) return {};
    return view_of(found.value->value.asn1_string);
}

/// A signer must not have mail to others encrypted to a key of its own.
bool shares_address(const Certificate& one, const Certificate& other) {
    const auto addresses = one.addresses();
    return std::ranges::any_of(other.addresses(),
                               [&](const auto& address) { return std::ranges::count(addresses, address); });
}

bool has_subject_of(const Certificate& one, const Certificate& other) {
    return X509_NAME_cmp(X509_get_subject_name(one.get()), X509_get_subject_name(other.get())) == 0;
}

}  // namespace

bool can_be_encrypted_to(const Certificate& certificate) {
    const auto* key = certificate.public_key();
    if (!key || !certificate.is_for_mail() || !key_weakness(certificate.public_key()).empty()) return false;
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            return certificate.key_usage_allows(CertificateUse::KeyEncipherment);
        case EVP_PKEY_EC:
        case EVP_PKEY_X25519:
            return certificate.key_usage_allows(CertificateUse::KeyAgreement);
        default:
            return false;
    }
}

SignerCapabilities signer_capabilities(const ReceivedSigner& signer, const Certificate& certificate,
                                       const std::vector<Certificate>& embedded) {
    const auto* attributes = signer.info->signed_attributes;
    SignerCapabilities result{read_capabilities(attributes), std::nullopt};
    std::vector<Certificate> usable;
    if (can_be_encrypted_to(certificate)) usable.push_back(certificate);
    for (const auto& other : embedded)
        if (can_be_encrypted_to(other) && shares_address(other, certificate)) usable.push_back(other);
    const auto preference = preference_of(attributes);
    const auto preferred = std::ranges::find_if(usable, [&](const auto& one) { return is_named_by(one, preference); });
    const auto chosen = preferred != usable.end() ? preferred : std::ranges::find_if(usable, [&](const auto& one) {
        return has_subject_of(one, certificate);
    });
    if (chosen != usable.end()) result.encryption_certificate = *chosen;
    return result;
}

}  // namespace cardseal::cms
