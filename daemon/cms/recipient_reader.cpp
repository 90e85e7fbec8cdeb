// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading the recipients of a message: which of them a private key could serve, and with what request.
#include "cms/recipient_reader.hpp"

#include <algorithm>
#include <set>

namespace cardseal::cms {
namespace {

using ipc::RecipientIdentifierKind;

constexpr int longest_keying_material = 512;
constexpr size_t longest_point = 133;  // P-521, uncompressed
constexpr size_t x25519_size = 32;
constexpr size_t longest_key_identifier = 256;

[[noreturn]] void unsupported(const char* why) {
    throw Error(ErrorCode::UnsupportedAlgorithm, std::string("message cannot be decrypted: ") + why);
}

[[noreturn]] void malformed(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read a recipient: ") + why);
}

ipc::RecipientIdentifier by_issuer_and_serial(asn1::IssuerAndSerialNumber* name) {
    return {RecipientIdentifierKind::IssuerSerial,
            digest_of(Digest::Sha256, encoded<asn1::i2d_IssuerAndSerialNumber>(name))};
}

ipc::RecipientIdentifier by_key_identifier(const ASN1_OCTET_STRING* identifier) {
    const auto bytes = view_of(identifier);
    if (bytes.empty() || bytes.size() > longest_key_identifier) malformed("its key identifier has no usable length");
    return {RecipientIdentifierKind::SubjectKeyIdentifier, to_bytes(bytes)};
}

ipc::RecipientIdentifier identifier_of(const asn1::RecipientIdentifier* rid) {
    if (rid->type == static_cast<int>(asn1::RecipientIdentifierChoice::IssuerAndSerial))
        return by_issuer_and_serial(rid->value.issuer_and_serial);
    return by_key_identifier(rid->value.subject_key_identifier);
}

ipc::RecipientIdentifier identifier_of(const asn1::KeyAgreeRecipientIdentifier* rid) {
    if (rid->type == static_cast<int>(asn1::KeyAgreeIdentifierChoice::IssuerAndSerial))
        return by_issuer_and_serial(rid->value.issuer_and_serial);
    return by_key_identifier(rid->value.key_identifier->subject_key_identifier);
}

TransportedKey read_transport(const asn1::KeyTransRecipientInfo* info, size_t content_key_length) {
    ipc::UnwrapContentKey request;
    request.key_length = static_cast<uint16_t>(content_key_length);
    request.ciphertext = to_bytes(view_of(info->encrypted_key));
    switch (OBJ_obj2nid(info->key_encryption_algorithm->algorithm)) {
        case NID_rsaEncryption:
            break;
        case NID_rsaesOaep:
            read_oaep_parameters(info->key_encryption_algorithm, request);
            break;
        default:
            unsupported("its key is transported with an algorithm that is not supported");
    }
    return {std::move(request)};
}

const asn1::OriginatorPublicKey* ephemeral_key(const asn1::OriginatorIdentifierOrKey* originator) {
    if (originator->type != static_cast<int>(asn1::OriginatorChoice::PublicKey))
        unsupported("its key is agreed with a static key");
    return originator->value.public_key;
}

KeyType type_of(const asn1::OriginatorPublicKey* key) {
    switch (OBJ_obj2nid(key->algorithm->algorithm)) {
        case NID_X9_62_id_ecPublicKey:
            return KeyType::Ec;
        case NID_X25519:
            // RFC 8418 §3.1.
            if (key->algorithm->parameter) malformed("its X25519 key has parameters");
            return KeyType::X25519;
        default:
            unsupported("its key is agreed with an algorithm that is not supported");
    }
}

/// The point of an EC key (RFC 5753 §3.1.1); its parameters are the recipient's, whatever it says itself.
Bytes point_of(const asn1::OriginatorPublicKey* key) {
    const auto point = view_of(key->public_key);
    const auto form = point.empty() ? 0 : point.front();
    if (form < 2 || form > 4 || point.size() > longest_point) malformed("its ephemeral key is not a point");
    return to_bytes(point);
}

Bytes x25519_octets(const asn1::OriginatorPublicKey* key) {
    if (view_of(key->public_key).size() != x25519_size) malformed("its X25519 key has not 32 bytes");
    return to_bytes(view_of(key->public_key));
}

AlgorithmPointer wrap_identifier(const X509_ALGOR* algorithm) {
    const auto* parameter = algorithm->parameter;
    if (!parameter || parameter->type != V_ASN1_SEQUENCE) malformed("its key agreement has no parameters");
    auto identifier = decoded<X509_ALGOR, X509_ALGOR_free, d2i_X509_ALGOR>(view_of(parameter->value.sequence));
    if (!identifier) malformed("its key agreement has malformed parameters");
    return identifier;
}

/// All of a KeyAgreeRecipientInfo but the one recipient's wrapped key.
AgreedKey read_agreement(const asn1::KeyAgreeRecipientInfo* info) {
    const auto scheme = find_agreement_scheme(info->key_encryption_algorithm->algorithm);
    if (!scheme) unsupported("its key is agreed with an algorithm that is not supported");
    const auto identifier = wrap_identifier(info->key_encryption_algorithm);
    const auto wrap = find_key_wrap(identifier->algorithm);
    if (!wrap) unsupported("its key is wrapped with an algorithm that is not supported");
    if (info->ukm && ASN1_STRING_length(info->ukm) > longest_keying_material)
        malformed("its user keying material is too long");
    const auto* ephemeral = ephemeral_key(info->originator);
    AgreedKey key{.type = type_of(ephemeral), .request = {}, .wrap = *wrap, .wrapped_key = {}};
    if (key.type == KeyType::X25519 && scheme->agreement == ipc::Agreement::Cofactor)
        unsupported("X25519 has no cofactor scheme");
    key.request.agreement = scheme->agreement;
    key.request.derivation = scheme->derivation;
    key.request.kdf_hash = scheme->kdf_hash;
    key.request.ephemeral_point = key.type == KeyType::X25519 ? x25519_octets(ephemeral) : point_of(ephemeral);
    // RFC 8418 §2.2: in ECC-CMS-SharedInfo, and the salt.
    if (info->ukm && scheme->derivation == ipc::KeyDerivation::Hkdf) key.request.salt = to_bytes(view_of(info->ukm));
    key.request.shared_info = ecc_shared_info(identifier.get(), info->ukm, wrap->key_length);
    key.request.key_length = static_cast<uint16_t>(wrap->key_length);
    return key;
}

class RecipientReader {
public:
    explicit RecipientReader(size_t content_key_length) : content_key_length_(content_key_length) {}

    void read(const asn1::RecipientInfo* info) {
        switch (static_cast<asn1::RecipientInfoChoice>(info->type)) {
            case asn1::RecipientInfoChoice::KeyTransport:
                return read(info->value.key_transport);
            case asn1::RecipientInfoChoice::KeyAgreement:
                return read(info->value.key_agreement);
            default:
                leave_out(
                    {ErrorCode::UnsupportedAlgorithm,
                     "message cannot be decrypted: it is for a password or another secret, not for a certificate"});
        }
    }

    std::vector<Recipient> take() {
        if (!recipients_.empty()) return std::move(recipients_);
        throw left_out_.value_or(Error(ErrorCode::BadMessage, "cannot read the message: it has no recipient"));
    }

private:
    void read(const asn1::KeyTransRecipientInfo* info) {
        add([&] { return identifier_of(info->rid); }, [&] { return read_transport(info, content_key_length_); });
    }

    void read(const asn1::KeyAgreeRecipientInfo* info) {
        for (int i = 0; i < sk_RecipientEncryptedKey_num(info->recipient_encrypted_keys); ++i) {
            const auto* encrypted = sk_RecipientEncryptedKey_value(info->recipient_encrypted_keys, i);
            add([&] { return identifier_of(encrypted->rid); },
                [&] {
                    auto key = read_agreement(info);
                    key.wrapped_key = to_bytes(view_of(encrypted->encrypted_key));
                    return key;
                });
        }
    }

    // One recipient that we cannot serve says nothing about the others, so its Error is kept, not thrown.
    template <class Identify, class ReadKey>
    void add(Identify identify, ReadKey read_key) {
        try {
            auto identifier = identify();
            if (!seen_.insert({identifier.kind, identifier.value}).second) return;
            recipients_.push_back({std::move(identifier), read_key()});
        } catch (const Error& error) {
            leave_out(error);
        }
    }

    void leave_out(const Error& error) {
        if (!left_out_) left_out_ = error;
    }

    size_t content_key_length_;
    std::vector<Recipient> recipients_;
    std::set<std::pair<RecipientIdentifierKind, Bytes>> seen_;
    std::optional<Error> left_out_;
};

/// One KeyAgreeRecipientInfo may be for many.
void limit_recipients(const asn1::RecipientInfos* infos) {
    size_t count = 0;
    for (int i = 0; i < sk_RecipientInfo_num(infos); ++i) {
        const auto* info = sk_RecipientInfo_value(infos, i);
        const bool agreement = info->type == static_cast<int>(asn1::RecipientInfoChoice::KeyAgreement);
        count += agreement ? sk_RecipientEncryptedKey_num(info->value.key_agreement->recipient_encrypted_keys) : 1;
    }
    if (count > ipc::max_recipients)
        throw Error(ErrorCode::LimitExceeded,
                    "message has more than " + std::to_string(ipc::max_recipients) + " recipients");
}

}  // namespace

std::vector<Recipient> read_recipients(const asn1::RecipientInfos* infos, size_t content_key_length) {
    limit_recipients(infos);
    RecipientReader reader(content_key_length);
    for (int i = 0; i < sk_RecipientInfo_num(infos); ++i) reader.read(sk_RecipientInfo_value(infos, i));
    return reader.take();
}

}  // namespace cardseal::cms
