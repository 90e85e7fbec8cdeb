// SPDX-License-Identifier: LGPL-2.1-or-later
// SignedData as it was received: the message's rest, decoded.
#include "cms/signed_data.hpp"

#include "cms/ber.hpp"

namespace cardseal::cms {

namespace {

/// The bytes of a SEQUENCE that a template left undecoded; empty for anything else.
ByteView sequence_in(const ASN1_TYPE* any) {
    return any->type == V_ASN1_SEQUENCE ? view_of(any->value.sequence) : ByteView();
}

/// The signed attributes' own octets: what a decoder makes of them is not what was signed.
Bytes signed_attributes_of(ByteView signer_info) {
    const MemorySource source(to_bytes(signer_info));
    Elements elements(source, read_tlv(source, 0, source.size()), source.size());
    // version, sid, digestAlgorithm
    for (int i = 0; i < 3; ++i) elements.next();
    const auto attributes = elements.next();
    if (!attributes || attributes->tag != 0xa0) return {};
    const auto start = attributes->offset;
    Bytes octets(static_cast<size_t>(elements.after_current() - start));
    source.read(start, octets);
    octets.front() = 0x31;
    return octets;
}

ReceivedSigner read_signer(ByteView bytes) {
    auto info = decoded<asn1::SignerInfo, asn1::SignerInfo_free, asn1::d2i_SignerInfo>(bytes);
    if (!info) throw Error(ErrorCode::BadMessage, "message cannot be read: a signer is malformed");
    auto attributes = info->signed_attributes ? signed_attributes_of(bytes) : Bytes();
    // A tag [0] in the long form, say: what is there must not pass for absent.
    if (info->signed_attributes && attributes.empty())
        throw Error(ErrorCode::BadMessage, "message cannot be read: a signer's attributes are malformed");
    return {std::move(info), std::move(attributes)};
}

}  // namespace

ReceivedSignedData read_signed_data(ByteView rest) {
    const auto message = decoded<asn1::SignedMessage, asn1::SignedMessage_free, asn1::d2i_SignedMessage>(rest);
    if (!message) throw Error(ErrorCode::BadMessage, "message cannot be read: its SignedData is malformed");
    const auto& content = *message->content;
    ReceivedSignedData result{.content_type = dotted(content.encapsulated->type), .certificates{}, .crls{}, .signers{}};
    // The stacks' functions take a missing stack for an empty one (-1).
    for (int i = 0; i < sk_ASN1_TYPE_num(content.certificates); ++i)
        if (auto certificate =
                decoded<X509, X509_free, d2i_X509>(sequence_in(sk_ASN1_TYPE_value(content.certificates, i))))
            result.certificates.emplace_back(std::move(certificate));
    for (int i = 0; i < sk_ASN1_TYPE_num(content.crls); ++i)
        if (auto crl = decoded<X509_CRL, X509_CRL_free, d2i_X509_CRL>(sequence_in(sk_ASN1_TYPE_value(content.crls, i))))
            result.crls.push_back(std::move(crl));
    for (int i = 0; i < sk_ASN1_TYPE_num(content.signer_infos); ++i)
        result.signers.push_back(read_signer(sequence_in(sk_ASN1_TYPE_value(content.signer_infos, i))));
    return result;
}

}  // namespace cardseal::cms
