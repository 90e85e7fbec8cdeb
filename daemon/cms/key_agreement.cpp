// SPDX-License-Identifier: LGPL-2.1-or-later
// What both sides of an ECDH or X25519 recipient share: the agreement schemes, the key derivation, the key wraps,
// ECC-CMS-SharedInfo (RFC 5753, RFC 8418), AES Key Wrap (RFC 3394) and, of old mail, Triple-DES Key Wrap (RFC 3217).
#include "cms/key_agreement.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <array>

#include "cms/asn1_enveloped.hpp"

namespace cardseal::cms {
namespace {

using ipc::Agreement;

using ipc::KeyDerivation;

constexpr auto schemes = std::to_array<AgreementScheme>({
    {"1.3.133.16.840.63.0.2", Agreement::Standard, KeyDerivation::X963, Digest::Sha1},
    {"1.3.132.1.11.0", Agreement::Standard, KeyDerivation::X963, Digest::Sha224},
    {"1.3.132.1.11.1", Agreement::Standard, KeyDerivation::X963, Digest::Sha256},
    {"1.3.132.1.11.2", Agreement::Standard, KeyDerivation::X963, Digest::Sha384},
    {"1.3.132.1.11.3", Agreement::Standard, KeyDerivation::X963, Digest::Sha512},
    {"1.3.133.16.840.63.0.3", Agreement::Cofactor, KeyDerivation::X963, Digest::Sha1},
    {"1.3.132.1.14.0", Agreement::Cofactor, KeyDerivation::X963, Digest::Sha224},
    {"1.3.132.1.14.1", Agreement::Cofactor, KeyDerivation::X963, Digest::Sha256},
    {"1.3.132.1.14.2", Agreement::Cofactor, KeyDerivation::X963, Digest::Sha384},
    {"1.3.132.1.14.3", Agreement::Cofactor, KeyDerivation::X963, Digest::Sha512},
    {"1.2.840.113549.1.9.16.3.19", Agreement::Standard, KeyDerivation::Hkdf, Digest::Sha256},
    {"1.2.840.113549.1.9.16.3.20", Agreement::Standard, KeyDerivation::Hkdf, Digest::Sha384},
    {"1.2.840.113549.1.9.16.3.21", Agreement::Standard, KeyDerivation::Hkdf, Digest::Sha512},
});
constexpr auto usual_for_ec = schemes[2], usual_for_x25519 = schemes[10];

constexpr auto aes_wraps = std::to_array<KeyWrap>({{NID_id_aes128_wrap, 16, EVP_aes_128_wrap},
                                                   {NID_id_aes192_wrap, 24, EVP_aes_192_wrap},
                                                   {NID_id_aes256_wrap, 32, EVP_aes_256_wrap}});
/// Of received mail only (RFC 5753 §7.1.5).
constexpr KeyWrap triple_des_wrap{NID_id_smime_alg_CMS3DESwrap, 24, EVP_des_ede3_wrap};

CipherContext make_context() {
    CipherContext context(EVP_CIPHER_CTX_new());
    require(context != nullptr, ErrorCode::Internal, "cannot wrap a key");
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    return context;
}

}  // namespace

std::optional<AgreementScheme> find_agreement_scheme(const ASN1_OBJECT* object) {
    for (const auto& scheme : schemes)
        if (scheme.object == dotted(object)) return scheme;
    return std::nullopt;
}

AgreementScheme usual_scheme(EVP_PKEY* recipient) {
    return EVP_PKEY_get_base_id(recipient) == EVP_PKEY_X25519 ? usual_for_x25519 : usual_for_ec;
}

std::optional<Secret> shared_secret(EVP_PKEY* ours, EVP_PKEY* theirs) {
    const PublicKeyContext context(EVP_PKEY_CTX_new(ours, nullptr));
    size_t size = 0;
    require(context && EVP_PKEY_derive_init(context.get()) == 1 &&
                EVP_PKEY_derive_set_peer(context.get(), theirs) == 1 &&
                EVP_PKEY_derive(context.get(), nullptr, &size) == 1,
            ErrorCode::Internal, "cannot agree on a key");
    Secret secret(size);
    const bool agreed = EVP_PKEY_derive(context.get(), secret.reveal().data(), &size) == 1;
    forget_openssl_errors();
    if (!agreed) return std::nullopt;
    secret.truncate(size);
    return secret;
}

Secret derive_key(const AgreementScheme& scheme, const Secret& secret, ByteView info, size_t length) {
    using Kdf = Owned<EVP_KDF, EVP_KDF_free>;
    using KdfContext = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;
    const bool hkdf = scheme.derivation == KeyDerivation::Hkdf;
    const Kdf kdf(EVP_KDF_fetch(nullptr, hkdf ? OSSL_KDF_NAME_HKDF : OSSL_KDF_NAME_X963KDF, nullptr));
    const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
    auto* digest = const_cast<char*>(EVP_MD_get0_name(message_digest(scheme.kdf_hash)));
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<uint8_t*>(secret.reveal().data()),
                                          secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, const_cast<uint8_t*>(info.data()), info.size()),
        OSSL_PARAM_construct_end()};
    Secret key(length);
    require(context && EVP_KDF_derive(context.get(), key.reveal().data(), length, parameters) == 1, ErrorCode::Internal,
            "cannot derive a key-encryption key");
    return key;
}

std::optional<KeyWrap> find_key_wrap(const ASN1_OBJECT* object) {
    if (triple_des_wrap.nid == OBJ_obj2nid(object)) return triple_des_wrap;
    for (const auto& wrap : aes_wraps)
        if (wrap.nid == OBJ_obj2nid(object)) return wrap;
    return std::nullopt;
}

KeyWrap aes_wrap_of_length(size_t key_length) {
    for (const auto& wrap : aes_wraps)
        if (wrap.key_length == key_length) return wrap;
    throw Error(ErrorCode::Internal, "no key wrap of that length");
}

Bytes ecc_shared_info(const X509_ALGOR* key_wrap, const ASN1_OCTET_STRING* user_keying_material, size_t key_length) {
    const asn1::EccSharedInfoPointer info(asn1::EccSharedInfo_new());
    const auto bits = static_cast<uint32_t>(key_length * 8);
    const std::array<uint8_t, 4> length{static_cast<uint8_t>(bits >> 24), static_cast<uint8_t>(bits >> 16),
                                        static_cast<uint8_t>(bits >> 8), static_cast<uint8_t>(bits)};
    bool good = info && X509_ALGOR_copy(info->key_info, key_wrap) == 1 &&
                ASN1_OCTET_STRING_set(info->supp_pub_info, length.data(), length.size()) == 1;
    if (good && user_keying_material) {
        info->entity_u_info = ASN1_OCTET_STRING_dup(user_keying_material);
        good = info->entity_u_info != nullptr;
    }
    require(good, ErrorCode::Internal, "cannot encode a structure");
    return encoded<asn1::i2d_EccSharedInfo>(info.get());
}

Bytes wrap_key(const KeyWrap& wrap, const Secret& key_encryption_key, const Secret& key) {
    const auto context = make_context();
    Bytes wrapped(key.size() + 8);
    int size = 0;
    require(
        EVP_EncryptInit_ex(context.get(), wrap.cipher(), nullptr, key_encryption_key.reveal().data(), nullptr) == 1 &&
            EVP_EncryptUpdate(context.get(), wrapped.data(), &size, key.reveal().data(),
                              static_cast<int>(key.size())) == 1 &&
            static_cast<size_t>(size) == wrapped.size(),
        ErrorCode::Internal, "cannot wrap a key");
    return wrapped;
}

std::optional<Secret> unwrap_key(const KeyWrap& wrap, const Secret& key_encryption_key, ByteView wrapped) {
    const auto context = make_context();
    Secret key(wrapped.size());
    int size = 0;
    const bool good =
        EVP_DecryptInit_ex(context.get(), wrap.cipher(), nullptr, key_encryption_key.reveal().data(), nullptr) == 1 &&
        EVP_DecryptUpdate(context.get(), key.reveal().data(), &size, wrapped.data(),
                          static_cast<int>(wrapped.size())) == 1;
    forget_openssl_errors();
    if (!good) return std::nullopt;
    key.truncate(static_cast<size_t>(size));
    return key;
}

}  // namespace cardseal::cms
