// SPDX-License-Identifier: LGPL-2.1-or-later
// What both sides of an ECDH recipient share: the agreement schemes, the key wraps, ECC-CMS-SharedInfo (RFC 5753), AES
// Key Wrap (RFC 3394) and, of old mail, Triple-DES Key Wrap (RFC 3217).
#include "cms/key_agreement.hpp"

#include <array>

#include "cms/asn1_enveloped.hpp"

namespace cardseal::cms {
namespace {

using ipc::Agreement;

constexpr auto schemes = std::to_array<AgreementScheme>({
    {NID_dhSinglePass_stdDH_sha1kdf_scheme, Agreement::Standard, Digest::Sha1},
    {NID_dhSinglePass_stdDH_sha224kdf_scheme, Agreement::Standard, Digest::Sha224},
    {NID_dhSinglePass_stdDH_sha256kdf_scheme, Agreement::Standard, Digest::Sha256},
    {NID_dhSinglePass_stdDH_sha384kdf_scheme, Agreement::Standard, Digest::Sha384},
    {NID_dhSinglePass_stdDH_sha512kdf_scheme, Agreement::Standard, Digest::Sha512},
    {NID_dhSinglePass_cofactorDH_sha1kdf_scheme, Agreement::Cofactor, Digest::Sha1},
    {NID_dhSinglePass_cofactorDH_sha224kdf_scheme, Agreement::Cofactor, Digest::Sha224},
    {NID_dhSinglePass_cofactorDH_sha256kdf_scheme, Agreement::Cofactor, Digest::Sha256},
    {NID_dhSinglePass_cofactorDH_sha384kdf_scheme, Agreement::Cofactor, Digest::Sha384},
    {NID_dhSinglePass_cofactorDH_sha512kdf_scheme, Agreement::Cofactor, Digest::Sha512},
});

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
        if (scheme.nid == OBJ_obj2nid(object)) return scheme;
    return std::nullopt;
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
