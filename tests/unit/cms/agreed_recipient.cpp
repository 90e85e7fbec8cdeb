// SPDX-License-Identifier: LGPL-2.1-or-later
// KeyAgreeRecipientInfo by the text of RFC 5753 and RFC 8418, made with none of the code that reads it.
#include "agreed_recipient.hpp"

#include <openssl/core_names.h>
#include <openssl/hmac.h>

#include "cms/ber_writer.hpp"

namespace cardseal::cms::test {

namespace {

constexpr uint8_t sequence = 0x30, context_0 = 0xa0, context_1 = 0xa1, context_2 = 0xa2;

void check(bool good) { require(good, ErrorCode::Internal, "test key agreement"); }

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes whole;
    for (const auto& part : parts) whole.insert(whole.end(), part.begin(), part.end());
    return whole;
}

Bytes octets(ByteView bytes) { return der_value(V_ASN1_OCTET_STRING, bytes); }

Bytes algorithm(const std::string& object, const Bytes& parameters) {
    const ObjectPointer identifier(OBJ_txt2obj(object.c_str(), 1));
    return der_value(sequence, joined({encoded<i2d_ASN1_OBJECT>(identifier.get()), parameters}));
}

Bytes wrap_algorithm(const AgreementText& text) {
    return algorithm(dotted(OBJ_nid2obj(text.wrap)), text.wrap_parameters);
}

const EVP_CIPHER* wrap_cipher(const AgreementText& text) { return EVP_get_cipherbynid(text.wrap); }

size_t wrap_key_length(const AgreementText& text) {
    return text.wrap == NID_id_smime_alg_CMS3DESwrap
               ? 24
               : static_cast<size_t>(EVP_CIPHER_get_key_length(wrap_cipher(text)));
}

/// RFC 5753 §7.2.
Bytes shared_info(const AgreementText& text) {
    const auto bits = static_cast<uint16_t>(8 * wrap_key_length(text));
    const Bytes length{0, 0, static_cast<uint8_t>(bits >> 8), static_cast<uint8_t>(bits)};
    const auto ukm = text.ukm.empty() ? Bytes() : der_value(context_0, octets(text.ukm));
    return der_value(sequence, joined({wrap_algorithm(text), ukm, der_value(context_2, octets(length))}));
}

/// SEC 1 §3.6.1.
Bytes x963(Digest digest, const Bytes& secret, const Bytes& info, size_t length) {
    Bytes key;
    for (uint8_t counter = 1; key.size() < length; ++counter) {
        const auto block = digest_of(digest, joined({secret, {0, 0, 0, counter}, info}));
        key.insert(key.end(), block.begin(), block.end());
    }
    key.resize(length);
    return key;
}

Bytes hmac(Digest digest, const Bytes& key, const Bytes& bytes) {
    Bytes result(digest_size(digest));
    check(HMAC(message_digest(digest), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(),
               result.data(), nullptr) != nullptr);
    return result;
}

/// RFC 5869 with one block of output, as RFC 8418 §2.2 uses it.
Bytes hkdf(const AgreementText& text, const Bytes& secret, size_t length) {
    const auto salt = text.ukm.empty() ? Bytes(digest_size(text.digest), 0) : text.ukm;
    auto key = hmac(text.digest, hmac(text.digest, salt, secret), joined({shared_info(text), {1}}));
    key.resize(length);
    return key;
}

Bytes agreed_secret(EVP_PKEY* ours, EVP_PKEY* theirs) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(ours, nullptr));
    size_t size = 0;
    check(EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), theirs) == 1 &&
          EVP_PKEY_derive(context.get(), nullptr, &size) == 1);
    Bytes secret(size);
    check(EVP_PKEY_derive(context.get(), secret.data(), &size) == 1);
    secret.resize(size);
    return secret;
}

Bytes key_encryption_key(const AgreementText& text, const Bytes& secret) {
    const auto length = wrap_key_length(text);
    return text.derivation == DerivedBy::Hkdf ? hkdf(text, secret, length)
                                              : x963(text.digest, secret, shared_info(text), length);
}

Bytes wrapped(const AgreementText& text, const Bytes& key, const Secret& content_key) {
    const CipherContext context(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    Bytes out(content_key.size() + 16);
    int size = 0;
    check(EVP_EncryptInit_ex(context.get(), wrap_cipher(text), nullptr, key.data(), nullptr) == 1 &&
          EVP_EncryptUpdate(context.get(), out.data(), &size, content_key.reveal().data(),
                            static_cast<int>(content_key.size())) == 1);
    out.resize(static_cast<size_t>(size));
    return out;
}

Bytes identifier(const AgreementText& text, const Certificate& certificate) {
    if (text.named_by == NamedBy::IssuerAndSerial) return certificate.issuer_and_serial();
    const auto date = text.named_by == NamedBy::KeyIdentifierAndDate
                          ? der_value(V_ASN1_GENERALIZEDTIME, bytes_of("20200101000000Z"))
                          : Bytes();
    return der_value(context_0, joined({octets(certificate.subject_key_identifier()), date}));
}

PublicKey key_on_curve_of(EVP_PKEY* recipient) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(recipient, nullptr));
    EVP_PKEY* key = nullptr;
    check(EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_keygen(context.get(), &key) == 1);
    return PublicKey(key);
}

Bytes public_octets(const AgreementText& text, EVP_PKEY* key) {
    if (!text.ephemeral_key.empty()) return text.ephemeral_key;
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
        check(EVP_PKEY_set_utf8_string_param(
                  key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                  text.form == POINT_CONVERSION_COMPRESSED ? "compressed" : "uncompressed") == 1);
    unsigned char* start = nullptr;
    const auto size = EVP_PKEY_get1_encoded_public_key(key, &start);
    const Bytes bytes(start, start + size);
    OPENSSL_free(start);
    return bytes;
}

Bytes originator(const AgreementText& text, EVP_PKEY* key) {
    const bool ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    const auto bits = der_value(V_ASN1_BIT_STRING, joined({{0}, public_octets(text, key)}));
    const auto identifier = algorithm(ec ? "1.2.840.10045.2.1" : "1.3.101.110", text.originator_parameters);
    return der_value(context_0, der_value(context_1, joined({identifier, bits})));
}

}  // namespace

Bytes agreed_recipient_info(const std::vector<const Identity*>& identities, const Secret& content_key,
                            const AgreementText& text) {
    const auto ephemeral = key_on_curve_of(identities.front()->certificate.public_key());
    Bytes keys;
    for (const auto* identity : identities) {
        const auto secret = agreed_secret(ephemeral.get(), identity->certificate.public_key());
        const auto key = wrapped(text, key_encryption_key(text, secret), content_key);
        keys = joined({keys, der_value(sequence, joined({identifier(text, identity->certificate), octets(key)}))});
    }
    const auto ukm = text.ukm.empty() ? Bytes() : der_value(context_1, octets(text.ukm));
    return der_value(context_1, joined({{V_ASN1_INTEGER, 1, 3},
                                        originator(text, ephemeral.get()),
                                        ukm,
                                        algorithm(text.scheme, wrap_algorithm(text)),
                                        der_value(sequence, keys)}));
}

}  // namespace cardseal::cms::test
