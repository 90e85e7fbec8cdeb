// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading EnvelopedData and AuthEnvelopedData up to the point where a key is needed.
#include "cms/envelope.hpp"

#include "cms/asn1_enveloped.hpp"

namespace cardseal::cms {
namespace {

constexpr int auth_enveloped_version = 0;  // RFC 5083 §2.1

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the message: ") + why);
}

int nid_of(const Bytes& object_octets) {
    const auto der = [&] {
        Bytes value{V_ASN1_OBJECT, static_cast<uint8_t>(object_octets.size())};
        value.insert(value.end(), object_octets.begin(), object_octets.end());
        return value;
    }();
    const auto* position = der.data();
    const ObjectPointer object(d2i_ASN1_OBJECT(nullptr, &position, static_cast<long>(der.size())));
    forget_openssl_errors();
    return object ? OBJ_obj2nid(object.get()) : NID_undef;
}

ContentPlace content_place(const CutMessage& cut) {
    if (!cut.content) refuse("it has no encrypted content");
    return *cut.content;
}

Envelope read_enveloped(const CutMessage& cut) {
    const auto message =
        decoded<asn1::EnvelopedMessage, asn1::EnvelopedMessage_free, asn1::d2i_EnvelopedMessage>(cut.rest);
    if (!message) refuse("its EnvelopedData is malformed");
    const auto* data = message->content;
    Envelope envelope;
    envelope.content = content_place(cut);
    envelope.algorithm =
        read_content_algorithm(data->encrypted_content_info->content_encryption_algorithm, EnvelopeKind::Enveloped);
    if (envelope.content.octets == 0 || envelope.content.octets % envelope.algorithm.block_size != 0)
        refuse("its encrypted content is not in whole blocks");
    envelope.recipients = read_recipients(data->recipient_infos, envelope.algorithm.key_length);
    return envelope;
}

Envelope read_auth_enveloped(const CutMessage& cut) {
    const auto message =
        decoded<asn1::AuthEnvelopedMessage, asn1::AuthEnvelopedMessage_free, asn1::d2i_AuthEnvelopedMessage>(cut.rest);
    if (!message) refuse("its AuthEnvelopedData is malformed");
    const auto* data = message->content;
    if (data->version != auth_enveloped_version) refuse("its AuthEnvelopedData is of another version");
    Envelope envelope;
    envelope.content = content_place(cut);
    envelope.algorithm =
        read_content_algorithm(data->encrypted_content_info->content_encryption_algorithm, EnvelopeKind::AuthEnveloped);
    envelope.tag = to_bytes(view_of(data->mac));
    if (envelope.tag.size() != envelope.algorithm.tag_length) refuse("its tag has not the length that it names");
    if (data->authenticated_attributes)
        envelope.authenticated_attributes = encoded<asn1::encode_attribute_set>(data->authenticated_attributes);
    envelope.recipients = read_recipients(data->recipient_infos, envelope.algorithm.key_length);
    return envelope;
}

}  // namespace

Envelope read_envelope(const Source& message) {
    const auto cut = cut_message(message);
    switch (nid_of(cut.type)) {
        case NID_pkcs7_enveloped:
            return read_enveloped(cut);
        case NID_id_smime_ct_authEnvelopedData:
            return read_auth_enveloped(cut);
        case NID_pkcs7_signed:
            refuse("it is signed, not encrypted");
        default:
            refuse("it is not encrypted");
    }
}

}  // namespace cardseal::cms
