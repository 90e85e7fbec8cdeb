// SPDX-License-Identifier: LGPL-2.1-or-later
// sign_attributes: what is signed, how the token does it, and the check before it leaves.
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "token/certificate_request.hpp"
#include "token/mechanisms.hpp"
#include "token/operations.hpp"
#include "token/return_values.hpp"
#include "token/rsa_blocks.hpp"
#include "token/signed_attributes.hpp"

namespace cardseal::token {

namespace {

using EcdsaSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

/// One C_SignInit and one C_Sign. The token's answer is believed only within the buffer that it was given.
CK_RV sign_once(const CK_FUNCTION_LIST& functions, const Operation& operation, CK_MECHANISM& mechanism, ByteView data,
                Bytes& signature) {
    const auto session = operation.session;
    if (const auto result = functions.C_SignInit(session, &mechanism, operation.key); result != CKR_OK) return result;
    if (const auto result = operation.log_in(); result != CKR_OK) return result;
    signature.resize(ipc::max_signature);
    CK_ULONG size = signature.size();
    const auto result =
        functions.C_Sign(session, const_cast<uint8_t*>(data.data()), data.size(), signature.data(), &size);
    if (result == CKR_OK && size > signature.size()) return CKR_SIGNATURE_LEN_RANGE;
    signature.resize(result == CKR_OK ? size : 0);
    return result;
}

CK_RV sign_with(KeyUse& use, CK_MECHANISM mechanism, ByteView data, Bytes& signature) {
    return use.run([&](const Operation& operation) {
        return sign_once(use.token().functions(), operation, mechanism, data, signature);
    });
}

bool refused(CK_RV result) {
    return result == CKR_MECHANISM_INVALID || result == CKR_MECHANISM_PARAM_INVALID || result == CKR_ARGUMENTS_BAD;
}

/// The token's own PSS, or raw RSA of a block encoded here where the token has none.
CK_RV sign_pss(KeyUse& use, Digest digest, ByteView hash, Bytes& signature) {
    auto& token = use.token();
    if (token.offers(CKM_RSA_PKCS_PSS, CKF_SIGN)) {
        CK_RSA_PKCS_PSS_PARAMS parameters{hash_mechanism(digest), mask_generation(digest), digest_size(digest)};
        const auto result = sign_with(use, {CKM_RSA_PKCS_PSS, &parameters, sizeof parameters}, hash, signature);
        if (!refused(result)) return result;
        token.never_again(CKM_RSA_PKCS_PSS, CKF_SIGN);
    }
    const auto bits = static_cast<size_t>(EVP_PKEY_get_bits(use.key().public_key.get()));
    return sign_with(use, {CKM_RSA_X_509, nullptr, 0}, encode_pss(digest, hash, bits), signature);
}

/// CKM_ECDSA takes no more than the order's size (FIPS 186-5 §6.4.1: the leftmost bits).
ByteView truncated_to_order(const Key& key, ByteView hash) {
    const auto size = (static_cast<size_t>(EVP_PKEY_get_bits(key.public_key.get())) + 7) / 8;
    return hash.first(std::min(hash.size(), size));
}

/// r || s, each as long as the order (PKCS#11 §2.3.1), as ECDSA-Sig-Value (RFC 5480 appendix A).
Bytes der_signature(const Key& key, ByteView raw) {
    const auto size = (static_cast<size_t>(EVP_PKEY_get_bits(key.public_key.get())) + 7) / 8;
    if (raw.size() != 2 * size) throw Error(ErrorCode::ModuleFailed, "the token's signature has a wrong length");
    EcdsaSignature signature(ECDSA_SIG_new());
    auto* r = BN_bin2bn(raw.data(), static_cast<int>(size), nullptr);
    auto* s = BN_bin2bn(raw.data() + size, static_cast<int>(size), nullptr);
    if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1)
        throw openssl_error(ErrorCode::Internal, "cannot encode a signature");
    Bytes encoded(static_cast<size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
    auto* position = encoded.data();
    i2d_ECDSA_SIG(signature.get(), &position);
    return encoded;
}

bool set_rsa_padding(EVP_PKEY_CTX* context, const ipc::SignAttributes& request) {
    const auto* digest = openssl_digest(request.digest);
    if (request.padding == SignaturePadding::Pkcs1)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
               EVP_PKEY_CTX_set_signature_md(context, digest) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, digest) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1;
}

bool verifies_ed25519(const Key& key, const ipc::SignAttributes& request, ByteView signature) {
    const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.public_key.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), request.attributes.data(),
                            request.attributes.size()) == 1;
}

bool verifies(const Key& key, const ipc::SignAttributes& request, ByteView hash, ByteView signature) {
    if (key.type == KeyType::Ed25519) return verifies_ed25519(key, request, signature);
    const PublicKeyContext context(EVP_PKEY_CTX_new(key.public_key.get(), nullptr));
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           (key.type != KeyType::Rsa || set_rsa_padding(context.get(), request)) &&
           EVP_PKEY_verify(context.get(), signature.data(), signature.size(), hash.data(), hash.size()) == 1;
}

void check_padding(const Key& key, const ipc::SignAttributes& request) {
    const bool defined_by_key = request.padding == SignaturePadding::KeyDefined;
    const bool pss_only = EVP_PKEY_get_base_id(key.public_key.get()) == EVP_PKEY_RSA_PSS;
    if (key.type == KeyType::X25519) throw Error(ErrorCode::InvalidArgs, "the key cannot sign");
    if (defined_by_key == (key.type == KeyType::Rsa) || (pss_only && request.padding != SignaturePadding::Pss))
        throw Error(ErrorCode::InvalidArgs, "the padding does not fit the key");
    if (request.digest == Digest::Sha1) throw Error(ErrorCode::UnsupportedAlgorithm, "SHA-1 is not signed any more");
}

/// What is signed, and how. Its bytes have been checked, or made here.
struct Signing {
    Digest digest;
    SignaturePadding padding;
    ByteView message;
    Bytes hash = digest_of(digest, message);
};

CK_RV sign_on_token(KeyUse& use, const Signing& signing, Bytes& signature) {
    const auto& key = use.key();
    if (key.type == KeyType::Ed25519) return sign_with(use, {CKM_EDDSA, nullptr, 0}, signing.message, signature);
    if (key.type == KeyType::Rsa && signing.padding == SignaturePadding::Pss)
        return sign_pss(use, signing.digest, signing.hash, signature);
    if (key.type == KeyType::Rsa)
        return sign_with(use, {CKM_RSA_PKCS, nullptr, 0}, digest_info(signing.digest, signing.hash), signature);
    const auto result = sign_with(use, {CKM_ECDSA, nullptr, 0}, truncated_to_order(key, signing.hash), signature);
    if (result == CKR_OK) signature = der_signature(key, signature);
    return result;
}

void require_signed(const Key& key, CK_RV result) {
    if (!says_incapable(result)) return require_ok("cannot sign", result);
    const auto kind = key.type == KeyType::Rsa ? "RSA" : key.type == KeyType::Ed25519 ? "Ed25519" : key.curve;
    throw Error(ErrorCode::UnsupportedAlgorithm,
                "the token cannot sign with this " + kind + " key: " + describe(result).name);
}

}  // namespace

Bytes sign_attributes(KeyUse& use, const ipc::SignAttributes& request) {
    const auto& key = use.key();
    check_padding(key, request);
    check_signed_attributes(request.attributes, digest_size(request.digest));
    const Signing signing{request.digest, request.padding, request.attributes};
    Bytes signature;
    require_signed(key, sign_on_token(use, signing, signature));
    if (!verifies(key, request, signing.hash, signature))
        throw openssl_error(ErrorCode::ModuleFailed, "the token's signature does not verify with the certificate");
    return signature;
}

Bytes sign_certificate_request(KeyUse& use, const ipc::SignCertificateRequest& fields) {
    CertificateRequest request(use.key(), fields);
    const auto padding = use.key().type == KeyType::Rsa ? SignaturePadding::Pkcs1 : SignaturePadding::KeyDefined;
    Bytes signature;
    const auto result = sign_on_token(use, {request.digest(), padding, request.information()}, signature);
    if (result == CKR_KEY_FUNCTION_NOT_PERMITTED)
        throw Error(ErrorCode::UnsupportedAlgorithm,
                    "cannot sign a certificate request: the token lets the key decrypt only");
    require_ok("cannot sign a certificate request", result);
    return request.with_signature(signature);
}

}  // namespace cardseal::token
