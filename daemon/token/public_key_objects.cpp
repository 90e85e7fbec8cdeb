// SPDX-License-Identifier: LGPL-2.1-or-later
// The public keys that a token tells of outside certificates.
#include "token/public_key_objects.hpp"

#include <algorithm>
#include <array>

#include "token/certificate_facts.hpp"
#include "token/objects.hpp"
#include "token/public_keys.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

namespace {

constexpr CK_KEY_TYPE no_key_type = ~CK_KEY_TYPE{0};

// Of public keys, and of private keys that have both halves.
enum Attribute { Id, Label, Type, Modulus, Exponent, Curve, EcPoint, Whole };
constexpr auto wanted = std::to_array<WantedAttribute>({{CKA_ID, 256},
                                                        {CKA_LABEL, 256},
                                                        {CKA_KEY_TYPE, sizeof(CK_KEY_TYPE)},
                                                        {CKA_MODULUS, 2048},
                                                        {CKA_PUBLIC_EXPONENT, 512},
                                                        {CKA_EC_PARAMS, 64},
                                                        {CKA_EC_POINT, 256},
                                                        {CKA_PUBLIC_KEY_INFO, 4096}});

PublicKey key_of(const std::vector<Bytes>& values) {
    const auto type = key_type_of(value_of(values[Type], no_key_type), values[Curve]);
    if (!type) return nullptr;
    auto key = *type == KeyType::Rsa ? rsa_public_key(values[Modulus], values[Exponent])
                                     : curve_public_key(*type, values[Curve], values[EcPoint]);
    if (!key && !values[Whole].empty()) key = encoded_public_key(values[Whole]);
    return key;
}

bool is_told(const PrivateKeyObject& object, EVP_PKEY* key, ByteView id) {
    const auto type = key ? key_type_of(key) : std::nullopt;
    return type && std::ranges::equal(object.id, id) && key_type_of(object.type, object.curve) == type;
}

bool is_told(const PrivateKeyObject& object, const std::vector<FoundCertificate>& certificates) {
    return std::ranges::any_of(certificates, [&](const FoundCertificate& each) {
        return is_told(object, X509_get0_pubkey(each.certificate.get()), each.id);
    });
}

bool is_told(const PrivateKeyObject& object, const std::vector<PublicKeyObject>& keys) {
    return std::ranges::any_of(keys,
                               [&](const PublicKeyObject& each) { return is_told(object, each.key.get(), each.id); });
}

}  // namespace

std::optional<ipc::KeyFound> uncertified_key(const TokenId& token, const PublicKeyObject& object) {
    auto facts = public_key_facts(object.key.get());
    if (!facts) return std::nullopt;
    facts->reference.token = token;
    facts->label = limited_text(object.label, 256);
    facts->uri = key_uri(token, object.id, facts->label);
    return facts;
}

CK_RV read_public_key(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                      std::vector<PublicKeyObject>& found) {
    std::vector<Bytes> values;
    if (const auto result = read_attributes(functions, session, object, wanted, values); result != CKR_OK)
        return result;
    if (auto key = key_of(values); key && !values[Id].empty())
        found.push_back({std::move(values[Id]), clean_text(values[Label]), std::move(key)});
    return CKR_OK;
}

CK_RV find_public_keys(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                       const std::vector<PrivateKeyObject>& private_keys,
                       const std::vector<FoundCertificate>& certificates, std::vector<PublicKeyObject>& found) {
    std::vector<CK_OBJECT_HANDLE> handles;
    auto result = find_objects(functions, session, CKO_PUBLIC_KEY, handles);
    for (size_t i = 0; result == CKR_OK && i < handles.size(); ++i)
        result = read_public_key(functions, session, handles[i], found);
    for (size_t i = 0; result == CKR_OK && i < private_keys.size(); ++i)
        if (!is_told(private_keys[i], certificates) && !is_told(private_keys[i], found))
            result = read_public_key(functions, session, private_keys[i].handle, found);
    return result;
}

}  // namespace cardseal::token
