// SPDX-License-Identifier: LGPL-2.1-or-later
// agree_key: ECDH or X25519 on the token, the key derivation here.
#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/params.h>

#include <algorithm>

#include "token/operations.hpp"
#include "token/return_values.hpp"

namespace cardseal::token {

namespace {

constexpr size_t x25519_size = 32;

using Group = Owned<EC_GROUP, EC_GROUP_free>;
using Point = Owned<EC_POINT, EC_POINT_free>;
using Kdf = Owned<EVP_KDF, EVP_KDF_free>;
using KdfContext = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;

void check_request(const Key& key, const ipc::AgreeKey& request) {
    if (key.type != KeyType::Ec && key.type != KeyType::X25519)
        throw Error(ErrorCode::InvalidArgs, "the key cannot agree on a key");
    if (key.type == KeyType::X25519 && request.agreement == ipc::Agreement::Cofactor)
        throw Error(ErrorCode::InvalidArgs, "X25519 has no cofactor agreement");
    if (request.key_length != 16 && request.key_length != 24 && request.key_length != 32)
        throw Error(ErrorCode::InvalidArgs, "no key-encryption key has that length");
}

/// A point of small order agrees on all zeros with every key, a fresh one as well, and on nothing with the token's.
size_t check_x25519(ByteView octets) {
    const PublicKey theirs(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, octets.data(), octets.size()));
    const PublicKey ours(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
    const PublicKeyContext context(EVP_PKEY_CTX_new(ours.get(), nullptr));
    Secret secret(x25519_size);
    size_t size = secret.size();
    if (!theirs || EVP_PKEY_derive_init(context.get()) != 1 ||
        EVP_PKEY_derive_set_peer(context.get(), theirs.get()) != 1 ||
        EVP_PKEY_derive(context.get(), secret.reveal().data(), &size) != 1)
        throw openssl_error(ErrorCode::BadMessage, "the ephemeral key is not a usable X25519 key");
    return x25519_size;
}

/// A point off the curve would let whoever sent it find the private key (SEC 1 §3.2.2).
size_t check_point(const Key& key, ByteView point) {
    if (key.type == KeyType::X25519) return check_x25519(point);
    const Group group(EC_GROUP_new_by_curve_name(OBJ_sn2nid(key.curve.c_str())));
    if (!group || !BN_is_one(EC_GROUP_get0_cofactor(group.get())))
        throw openssl_error(ErrorCode::UnsupportedAlgorithm, "curve not supported");
    const auto field_size = (static_cast<size_t>(EC_GROUP_get_degree(group.get())) + 7) / 8;
    if (point.size() != 1 + 2 * field_size || point[0] != POINT_CONVERSION_UNCOMPRESSED)
        throw Error(ErrorCode::BadMessage, "the ephemeral key is not an uncompressed point of the key's curve");
    const Point parsed(EC_POINT_new(group.get()));
    if (!parsed || EC_POINT_oct2point(group.get(), parsed.get(), point.data(), point.size(), nullptr) != 1 ||
        EC_POINT_is_on_curve(group.get(), parsed.get(), nullptr) != 1)
        throw openssl_error(ErrorCode::BadMessage, "the ephemeral key is not a point on the key's curve");
    return field_size;
}

/// In a time that does not depend on the bytes.
bool is_all_zero(ByteView bytes) {
    unsigned any = 0;
    for (const auto byte : bytes) any |= byte;
    return any == 0;
}

CK_RV read_value(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, Secret& value) {
    CK_ATTRIBUTE attribute{CKA_VALUE, value.reveal().data(), value.size()};
    const auto result = functions.C_GetAttributeValue(session, object, &attribute, 1);
    if (result == CKR_OK && attribute.ulValueLen != value.size()) return CKR_GENERAL_ERROR;
    return result;
}

/// C_DeriveKey has no Init that a login could follow: the login goes before it, as OpenSC takes it. A token that knows
/// no operation to log in for cannot agree on keys with such a key.
CK_RV log_in_before(const Operation& operation) {
    const auto result = operation.log_in();
    if (result == CKR_OPERATION_NOT_INITIALIZED)
        throw Error(ErrorCode::UnsupportedAlgorithm,
                    "the key wants its PIN for each use (CKA_ALWAYS_AUTHENTICATE), which the token cannot take for key "
                    "agreement");
    return result;
}

CK_RV derive_once(const CK_FUNCTION_LIST& functions, const Operation& operation, CK_MECHANISM& mechanism,
                  Secret& shared) {
    if (const auto result = log_in_before(operation); result != CKR_OK) return result;
    CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG size = shared.size();
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &object_class, sizeof object_class},
                             {CKA_KEY_TYPE, &type, sizeof type},
                             {CKA_TOKEN, &no, sizeof no},
                             {CKA_SENSITIVE, &no, sizeof no},
                             {CKA_EXTRACTABLE, &yes, sizeof yes},
                             {CKA_VALUE_LEN, &size, sizeof size}};
    CK_OBJECT_HANDLE derived = CK_INVALID_HANDLE;
    const auto session = operation.session;
    const auto result = functions.C_DeriveKey(session, &mechanism, operation.key, wanted, std::size(wanted), &derived);
    if (result != CKR_OK) return result;
    const auto read_result = read_value(functions, session, derived, shared);
    const auto destroy_result = functions.C_DestroyObject(session, derived);
    return read_result != CKR_OK ? read_result : destroy_result;
}

CK_RV derive_with(KeyUse& use, CK_MECHANISM_TYPE type, ByteView point, Secret& shared) {
    CK_ECDH1_DERIVE_PARAMS parameters{CKD_NULL, 0, nullptr, point.size(), const_cast<uint8_t*>(point.data())};
    CK_MECHANISM mechanism{type, &parameters, sizeof parameters};
    return use.run(
        [&](const Operation& operation) { return derive_once(use.token().functions(), operation, mechanism, shared); });
}

/// The message plays no part in what a token lacks: its point has been checked before.
void require_agreed(const Key& key, CK_RV result) {
    if (!says_incapable(result)) return require_ok("cannot agree on a key", result);
    throw Error(ErrorCode::UnsupportedAlgorithm, "the token cannot agree on keys with this " +
                                                     (key.type == KeyType::X25519 ? "X25519" : key.curve) +
                                                     " key (CKM_ECDH1_DERIVE): " + describe(result).name);
}

/// The cofactor of the curves in use is 1 and both agreements are the same, so either mechanism serves for the other.
CK_RV derive_from(KeyUse& use, ipc::Agreement agreement, ByteView point, Secret& shared) {
    auto& token = use.token();
    if (agreement == ipc::Agreement::Cofactor && token.offers(CKM_ECDH1_COFACTOR_DERIVE, CKF_DERIVE)) {
        const auto result = derive_with(use, CKM_ECDH1_COFACTOR_DERIVE, point, shared);
        if (result != CKR_MECHANISM_INVALID) return result;
        token.never_again(CKM_ECDH1_COFACTOR_DERIVE, CKF_DERIVE);
    }
    return derive_with(use, CKM_ECDH1_DERIVE, point, shared);
}

Bytes octet_string_header(size_t size) {
    Bytes header{0x04};
    if (size >= 0x80) header.push_back(0x81);
    header.push_back(static_cast<uint8_t>(size));
    return header;
}

/// One uncompressed point in 256: 04 begins it, as it does an OCTET STRING, and its next byte fits as the length.
bool looks_like_octet_string(ByteView point) {
    for (const size_t header_size : {2, 3}) {
        const auto header = octet_string_header(point.size() - header_size);
        if (header.size() == header_size && std::ranges::equal(header, point.first(header_size))) return true;
    }
    return false;
}

/// A token must take the point as it is and may take it as an OCTET STRING too (PKCS#11 2.40 §2.3.8). SoftHSM does both
/// and guesses which one it has got; where it may guess wrong, it gets what it cannot mistake.
CK_RV derive(KeyUse& use, const ipc::AgreeKey& request, Secret& shared) {
    const auto& point = request.ephemeral_point;
    const auto result = derive_from(use, request.agreement, point, shared);
    if (result == CKR_OK || !looks_like_octet_string(point)) return result;
    auto wrapped = octet_string_header(point.size());
    wrapped.insert(wrapped.end(), point.begin(), point.end());
    return derive_from(use, request.agreement, wrapped, shared);
}

Secret run_kdf(const Secret& shared, const ipc::AgreeKey& request) {
    const bool hkdf = request.derivation == ipc::KeyDerivation::Hkdf;
    const Kdf kdf(EVP_KDF_fetch(nullptr, hkdf ? OSSL_KDF_NAME_HKDF : OSSL_KDF_NAME_X963KDF, nullptr));
    const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
    auto* digest = const_cast<char*>(EVP_MD_get0_name(openssl_digest(request.kdf_hash)));
    auto* key = const_cast<uint8_t*>(shared.reveal().data());
    auto* information = const_cast<uint8_t*>(request.shared_info.data());
    auto* salt = const_cast<uint8_t*>(request.salt.data());
    const bool salted = hkdf && !request.salt.empty();
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key, shared.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, information, request.shared_info.size()),
        salted ? OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, request.salt.size())
               : OSSL_PARAM_construct_end(),
        OSSL_PARAM_construct_end()};
    Secret derived(request.key_length);
    if (!context || EVP_KDF_derive(context.get(), derived.reveal().data(), derived.size(), parameters) != 1)
        throw openssl_error(ErrorCode::Internal, "cannot derive a key-encryption key");
    return derived;
}

}  // namespace

Secret agree_key(KeyUse& use, const ipc::AgreeKey& request) {
    const auto& key = use.key();
    check_request(key, request);
    Secret shared(check_point(key, request.ephemeral_point));
    require_agreed(key, derive(use, request, shared));
    if (key.type == KeyType::X25519 && is_all_zero(shared.reveal()))
        throw Error(ErrorCode::ModuleFailed, "the token agreed on a secret of zeros");
    return run_kdf(shared, request);
}

}  // namespace cardseal::token
