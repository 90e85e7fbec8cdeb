// SPDX-License-Identifier: LGPL-2.1-or-later
// Which content-encryption algorithm a message names, and naming one.
#include <openssl/rand.h>
#include <array>

#include "cms/asn1_enveloped.hpp"
#include "cms/content_cipher.hpp"

namespace cardseal::cms {
namespace {

constexpr size_t aead_nonce = 12;    // RFC 5084 §3.2 recommends it, and nothing else is safe to accept
constexpr int64_t default_icv = 12;  // RFC 5084 §3.2

struct Known {
    int nid;
    const EVP_CIPHER* (*cipher)();
    const char* name;
};

constexpr auto block_ciphers = std::to_array<Known>({{NID_aes_128_cbc, EVP_aes_128_cbc, "aes-128-cbc"},
                                                     {NID_aes_192_cbc, EVP_aes_192_cbc, "aes-192-cbc"},
                                                     {NID_aes_256_cbc, EVP_aes_256_cbc, "aes-256-cbc"},
                                                     {NID_des_ede3_cbc, EVP_des_ede3_cbc, "3des-cbc"}});
constexpr auto gcm_ciphers = std::to_array<Known>({{NID_aes_128_gcm, EVP_aes_128_gcm, "aes-128-gcm"},
                                                   {NID_aes_192_gcm, EVP_aes_192_gcm, "aes-192-gcm"},
                                                   {NID_aes_256_gcm, EVP_aes_256_gcm, "aes-256-gcm"}});
constexpr Known chacha{NID_chacha20_poly1305, EVP_chacha20_poly1305, "chacha20-poly1305"};
/// id-alg-AEADChaCha20Poly1305, RFC 8103 §3; OpenSSL has no name for it.
constexpr std::string_view chacha_oid = "1.2.840.113549.1.9.16.3.18";

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::BadMessage, std::string("cannot read the content encryption: ") + why);
}

template <size_t Size>
const Known* find(const std::array<Known, Size>& list, int nid) {
    for (const auto& known : list)
        if (known.nid == nid) return &known;
    return nullptr;
}

ContentAlgorithm described(const EVP_CIPHER* cipher, const char* name, bool aead) {
    ContentAlgorithm algorithm;
    algorithm.cipher = cipher;
    algorithm.name = name;
    algorithm.aead = aead;
    algorithm.key_length = static_cast<size_t>(EVP_CIPHER_get_key_length(cipher));
    algorithm.block_size = aead ? 1 : static_cast<size_t>(EVP_CIPHER_get_block_size(cipher));
    return algorithm;
}

Bytes octets_of(const ASN1_TYPE* parameters) {
    if (!parameters || parameters->type != V_ASN1_OCTET_STRING) refuse("its parameters are malformed");
    return to_bytes(view_of(parameters->value.octet_string));
}

asn1::GcmParametersPointer gcm_parameters(const ASN1_TYPE* parameters) {
    if (!parameters || parameters->type != V_ASN1_SEQUENCE) refuse("its parameters are malformed");
    auto read = decoded<asn1::GcmParameters, asn1::GcmParameters_free, asn1::d2i_GcmParameters>(
        view_of(parameters->value.sequence));
    if (!read) refuse("its parameters are malformed");
    return read;
}

size_t read_tag_length(const ASN1_INTEGER* icv_length) {
    int64_t length = default_icv;
    if (icv_length && ASN1_INTEGER_get_int64(&length, icv_length) != 1) length = 0;
    forget_openssl_errors();
    if (length < 12 || length > static_cast<int64_t>(longest_tag)) refuse("its tag has not 12 to 16 bytes");
    return static_cast<size_t>(length);
}

ContentAlgorithm read_cbc(const Known& known, const ASN1_TYPE* parameters) {
    auto algorithm = described(known.cipher(), known.name, false);
    algorithm.nonce = octets_of(parameters);
    if (algorithm.nonce.size() != algorithm.block_size) refuse("its initialisation vector has not the block's size");
    return algorithm;
}

ContentAlgorithm read_gcm(const Known& known, const ASN1_TYPE* type) {
    auto algorithm = described(known.cipher(), known.name, true);
    const auto parameters = gcm_parameters(type);
    algorithm.nonce = to_bytes(view_of(parameters->nonce));
    algorithm.tag_length = read_tag_length(parameters->icv_length);
    if (algorithm.nonce.size() != aead_nonce) refuse("its nonce has not 12 bytes");
    return algorithm;
}

ContentAlgorithm read_chacha(const ASN1_TYPE* parameters) {
    auto algorithm = described(chacha.cipher(), chacha.name, true);
    algorithm.nonce = octets_of(parameters);
    algorithm.tag_length = longest_tag;
    if (algorithm.nonce.size() != aead_nonce) refuse("its nonce has not 12 bytes");
    return algorithm;
}

bool is_unauthenticated_cipher(int nid) {
    const auto* cipher = nid == NID_undef ? nullptr : EVP_get_cipherbynid(nid);
    return cipher && !(EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER);
}

[[noreturn]] void refuse_unknown() {
    throw Error(ErrorCode::UnsupportedAlgorithm,
                "message's content is encrypted with an algorithm that is not supported");
}

ContentAlgorithm read_unauthenticated(int nid, const ASN1_OBJECT* object, const ASN1_TYPE* parameters) {
    if (const auto* known = find(block_ciphers, nid)) return read_cbc(*known, parameters);
    if (find(gcm_ciphers, nid) || dotted(object) == chacha_oid)
        refuse("EnvelopedData must not have an authenticating cipher");
    refuse_unknown();
}

ContentAlgorithm read_authenticated(int nid, const ASN1_OBJECT* object, const ASN1_TYPE* parameters) {
    if (const auto* known = find(gcm_ciphers, nid)) return read_gcm(*known, parameters);
    if (dotted(object) == chacha_oid) return read_chacha(parameters);
    if (is_unauthenticated_cipher(nid)) refuse("AuthEnvelopedData must have an authenticating cipher");
    refuse_unknown();
}

const Known& known_of(ContentCipher cipher) {
    switch (cipher) {
        case ContentCipher::Aes128Cbc:
            return *find(block_ciphers, NID_aes_128_cbc);
        case ContentCipher::Aes256Cbc:
            return *find(block_ciphers, NID_aes_256_cbc);
        case ContentCipher::Aes128Gcm:
            return *find(gcm_ciphers, NID_aes_128_gcm);
        case ContentCipher::Aes256Gcm:
            return *find(gcm_ciphers, NID_aes_256_gcm);
        case ContentCipher::ChaCha20Poly1305:
            return chacha;
    }
    throw Error(ErrorCode::Internal, "unknown content cipher");
}

OctetStringPointer octet_string(ByteView bytes) {
    OctetStringPointer string(ASN1_OCTET_STRING_new());
    require(string && ASN1_OCTET_STRING_set(string.get(), bytes.data(), static_cast<int>(bytes.size())) == 1,
            ErrorCode::Internal, "cannot encode a structure");
    return string;
}

ObjectPointer object_of(int nid) {
    return ObjectPointer(nid == chacha.nid ? OBJ_txt2obj(chacha_oid.data(), 1) : OBJ_nid2obj(nid));
}

void set_gcm_parameters(X509_ALGOR* identifier, const ContentAlgorithm& algorithm) {
    const asn1::GcmParametersPointer parameters(asn1::GcmParameters_new());
    ASN1_OCTET_STRING_set(parameters->nonce, algorithm.nonce.data(), static_cast<int>(algorithm.nonce.size()));
    parameters->icv_length = ASN1_INTEGER_new();
    require(ASN1_INTEGER_set_int64(parameters->icv_length, static_cast<int64_t>(algorithm.tag_length)) == 1,
            ErrorCode::Internal, "cannot encode a structure");
    auto sequence = octet_string(encoded<asn1::i2d_GcmParameters>(parameters.get()));
    X509_ALGOR_set0(identifier, OBJ_nid2obj(EVP_CIPHER_get_nid(algorithm.cipher)), V_ASN1_SEQUENCE, sequence.release());
}

}  // namespace

ContentAlgorithm read_content_algorithm(const X509_ALGOR* identifier, EnvelopeKind kind) {
    const ASN1_OBJECT* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, identifier);
    const int nid = OBJ_obj2nid(object);
    return kind == EnvelopeKind::Enveloped ? read_unauthenticated(nid, object, identifier->parameter)
                                           : read_authenticated(nid, object, identifier->parameter);
}

std::string name_of_content_cipher(const ASN1_OBJECT* object) {
    const int nid = OBJ_obj2nid(object);
    if (const auto* known = find(block_ciphers, nid)) return known->name;
    if (const auto* known = find(gcm_ciphers, nid)) return known->name;
    return dotted(object) == chacha_oid ? chacha.name : "";
}

ContentAlgorithm make_content_algorithm(ContentCipher cipher) {
    const auto& known = known_of(cipher);
    const bool aead = EVP_CIPHER_get_flags(known.cipher()) & EVP_CIPH_FLAG_AEAD_CIPHER;
    auto algorithm = described(known.cipher(), known.name, aead);
    algorithm.nonce.resize(aead ? aead_nonce : algorithm.block_size);
    algorithm.tag_length = aead ? longest_tag : 0;
    require(RAND_bytes(algorithm.nonce.data(), static_cast<int>(algorithm.nonce.size())) == 1, ErrorCode::Internal,
            "cannot make random bytes");
    return algorithm;
}

Bytes der_of(const ContentAlgorithm& algorithm) {
    const AlgorithmPointer identifier(X509_ALGOR_new());
    const int nid = EVP_CIPHER_get_nid(algorithm.cipher);
    if (find(gcm_ciphers, nid))
        set_gcm_parameters(identifier.get(), algorithm);
    else
        X509_ALGOR_set0(identifier.get(), object_of(nid).release(), V_ASN1_OCTET_STRING,
                        octet_string(algorithm.nonce).release());
    return encoded<i2d_X509_ALGOR>(identifier.get());
}

}  // namespace cardseal::cms
