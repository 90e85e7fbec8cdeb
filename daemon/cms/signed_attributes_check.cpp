// SPDX-License-Identifier: LGPL-2.1-or-later
// Signed attributes: checked against what they are said to describe.
#include <algorithm>

#include "cms/ber.hpp"
#include "cms/signed_attribute_reader.hpp"
#include "cms/signed_attributes.hpp"

namespace cardseal::cms {

namespace {

using AttributeStack = asn1::SignedAttributes;

std::optional<Refusal> check_content_type(const AttributeStack* attributes, const AttributeContext& context) {
    const auto found = find_attribute(attributes, attribute_type::content_type);
    if (!found.value || found.value->type != V_ASN1_OBJECT)
        return Refusal{"the signed attribute content-type is not there exactly once with one value"};
    if (dotted(found.value->value.object) != context.content_type)
        return Refusal{"the signed content type is not that of the content"};
    return std::nullopt;
}

std::optional<Refusal> check_message_digest(const AttributeStack* attributes, const AttributeContext& context) {
    const auto found = find_attribute(attributes, attribute_type::message_digest);
    if (!found.value || found.value->type != V_ASN1_OCTET_STRING)
        return Refusal{"the signed attribute message-digest is not there exactly once with one value"};
    if (!std::ranges::equal(view_of(found.value->value.octet_string), context.content_digest))
        return Refusal{"the content was changed after signing, or is not the content that was signed"};
    return std::nullopt;
}

std::optional<Refusal> check_signing_time(const AttributeStack* attributes) {
    const auto found = find_attribute(attributes, attribute_type::signing_time);
    if (found.count == 0) return std::nullopt;
    if (!found.value || (found.value->type != V_ASN1_UTCTIME && found.value->type != V_ASN1_GENERALIZEDTIME))
        return Refusal{"the signed attribute signing-time is not one time"};
    return std::nullopt;
}

/// RFC 5035 §5: the issuer is one directoryName.
bool names_certificate(const asn1::EssIssuerSerial* identifier, const Certificate& certificate) {
    if (!identifier) return true;
    if (sk_GENERAL_NAME_num(identifier->issuer) != 1) return false;
    const auto* name = sk_GENERAL_NAME_value(identifier->issuer, 0);
    return name->type == GEN_DIRNAME &&
           X509_NAME_cmp(name->d.directoryName, X509_get_issuer_name(certificate.get())) == 0 &&
           ASN1_INTEGER_cmp(identifier->serial, X509_get0_serialNumber(certificate.get())) == 0;
}

bool identifies(const asn1::EssCertificateId* identifier, const Certificate& certificate) {
    return std::ranges::equal(view_of(identifier->hash), digest_of(Digest::Sha1, certificate.der())) &&
           names_certificate(identifier->issuer_serial, certificate);
}

bool identifies(const asn1::EssCertificateIdV2* identifier, const Certificate& certificate) {
    const auto digest = identifier->hash_algorithm ? read_digest_algorithm(identifier->hash_algorithm) : Digest::Sha256;
    return digest && std::ranges::equal(view_of(identifier->hash), digest_of(*digest, certificate.der())) &&
           names_certificate(identifier->issuer_serial, certificate);
}

/// The first identifier is the signer's (RFC 5035 §5.4.1); the others name its chain.
bool first_identifies(const ASN1_TYPE* value, const Certificate& certificate) {
    if (!value || value->type != V_ASN1_SEQUENCE) return false;
    const auto list =
        decoded<asn1::SigningCertificateV2, asn1::SigningCertificateV2_free, asn1::d2i_SigningCertificateV2>(
            view_of(value->value.sequence));
    return list && asn1::sk_EssCertificateIdV2_num(list->certificates) > 0 &&
           identifies(asn1::sk_EssCertificateIdV2_value(list->certificates, 0), certificate);
}

bool first_identifies_v1(const ASN1_TYPE* value, const Certificate& certificate) {
    if (!value || value->type != V_ASN1_SEQUENCE) return false;
    const auto list = decoded<asn1::SigningCertificate, asn1::SigningCertificate_free, asn1::d2i_SigningCertificate>(
        view_of(value->value.sequence));
    return list && asn1::sk_EssCertificateId_num(list->certificates) > 0 &&
           identifies(asn1::sk_EssCertificateId_value(list->certificates, 0), certificate);
}

std::optional<Refusal> check_signing_certificate(const AttributeStack* attributes, const Certificate& certificate) {
    const auto first = find_attribute(attributes, attribute_type::signing_certificate),
               second = find_attribute(attributes, attribute_type::signing_certificate_v2);
    if ((first.count && !first_identifies_v1(first.value, certificate)) ||
        (second.count && !first_identifies(second.value, certificate)))
        return Refusal{"the signed attribute signing-certificate names another certificate"};
    return std::nullopt;
}

/// RFC 6211 §2.
std::optional<Refusal> check_algorithm_protection(const asn1::SignerInfo& info) {
    const auto found = find_attribute(info.signed_attributes, attribute_type::algorithm_protection);
    if (found.count == 0) return std::nullopt;
    asn1::AlgorithmProtectionPointer protection;
    if (found.value && found.value->type == V_ASN1_SEQUENCE)
        protection = decoded<asn1::AlgorithmProtection, asn1::AlgorithmProtection_free, asn1::d2i_AlgorithmProtection>(
            view_of(found.value->value.sequence));
    if (!protection || !protection->signature_algorithm ||
        X509_ALGOR_cmp(protection->digest_algorithm, info.digest_algorithm) != 0 ||
        X509_ALGOR_cmp(protection->signature_algorithm, info.signature_algorithm) != 0)
        return Refusal{"the signed attribute algorithm-protection names other algorithms"};
    return std::nullopt;
}

Owned<AttributeStack, [](AttributeStack* stack) { asn1::sk_Attribute_pop_free(stack, asn1::Attribute_free); }>
decode_attributes(ByteView set) {
    const unsigned char* position = set.data();
    auto* stack = reinterpret_cast<AttributeStack*>(
        ASN1_item_d2i(nullptr, &position, static_cast<long>(set.size()), ASN1_ITEM_rptr(asn1::SignedAttributes)));
    forget_openssl_errors();
    return decltype(decode_attributes(set))(stack);
}

/// X.690 §10 and §11.6: read and written again, it is the same.
bool is_der(ByteView set) {
    const auto attributes = decode_attributes(set);
    if (!attributes || !has_der_lengths(set)) return false;
    unsigned char* start = nullptr;
    const int size = ASN1_item_i2d(reinterpret_cast<const ASN1_VALUE*>(attributes.get()), &start,
                                   ASN1_ITEM_rptr(asn1::SignedAttributes));
    const Owned<unsigned char, [](unsigned char* memory) { OPENSSL_free(memory); }> owner(start);
    forget_openssl_errors();
    return size > 0 && std::ranges::equal(set, ByteView(start, static_cast<size_t>(size)));
}

}  // namespace

std::optional<Refusal> check_signed_attributes(const ReceivedSigner& signer, const AttributeContext& context) {
    const auto* attributes = signer.info->signed_attributes;
    if (!is_der(signer.signed_attributes)) return Refusal{"the signed attributes are not encoded as DER"};
    if (auto refusal = check_content_type(attributes, context)) return refusal;
    if (auto refusal = check_message_digest(attributes, context)) return refusal;
    if (auto refusal = check_signing_time(attributes)) return refusal;
    if (auto refusal = check_signing_certificate(attributes, context.signer)) return refusal;
    return check_algorithm_protection(*signer.info);
}

uint64_t claimed_signing_time(const asn1::SignerInfo& info) {
    const auto found = find_attribute(info.signed_attributes, attribute_type::signing_time);
    if (!found.value || (found.value->type != V_ASN1_UTCTIME && found.value->type != V_ASN1_GENERALIZEDTIME)) return 0;
    tm fields{};
    if (ASN1_TIME_to_tm(found.value->value.asn1_string, &fields) != 1) {
        forget_openssl_errors();
        return 0;
    }
    const auto seconds = timegm(&fields);
    return seconds > 0 ? static_cast<uint64_t>(seconds) : 0;
}

bool looks_like_signed_attributes(ByteView content) {
    if (content.empty() || content.front() != 0x31) return false;
    const auto attributes = decode_attributes(content);
    return attributes && find_attribute(attributes.get(), attribute_type::content_type).count &&
           find_attribute(attributes.get(), attribute_type::message_digest).count;
}

}  // namespace cardseal::cms
