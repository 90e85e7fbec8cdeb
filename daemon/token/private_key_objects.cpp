// SPDX-License-Identifier: LGPL-2.1-or-later
// The private-key objects that a session sees.
#include "token/private_key_objects.hpp"

#include <algorithm>
#include <array>

namespace cardseal::token {

namespace {

constexpr size_t max_objects = 4096;
constexpr size_t max_object_id = 256;
constexpr size_t max_curve = 64;
constexpr CK_KEY_TYPE montgomery_key = 0x41;  // CKK_EC_MONTGOMERY (PKCS#11 v3.0), not in p11-kit 0.24
/// CKA_EC_PARAMS of X25519 (PKCS#11 v3.0 §2.3.8): id-X25519, or the curve's name.
constexpr uint8_t x25519_object[] = {0x06, 0x03, 0x2b, 0x65, 0x6e};
constexpr uint8_t x25519_name[] = {0x13, 0x0a, 'c', 'u', 'r', 'v', 'e', '2', '5', '5', '1', '9'};

CK_RV find_handles(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                   std::vector<CK_OBJECT_HANDLE>& handles) {
    CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
    CK_BBOOL on_token = CK_TRUE;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &object_class, sizeof object_class}, {CKA_TOKEN, &on_token, sizeof on_token}};
    auto result = functions.C_FindObjectsInit(session, wanted, std::size(wanted));
    if (result != CKR_OK) return result;
    std::array<CK_OBJECT_HANDLE, 64> some;
    while (handles.size() < max_objects) {
        CK_ULONG count = 0;
        result = functions.C_FindObjects(session, some.data(), some.size(), &count);
        if (result != CKR_OK || count == 0) break;
        handles.insert(handles.end(), some.begin(), some.begin() + std::min<size_t>(count, some.size()));
    }
    const auto final_result = functions.C_FindObjectsFinal(session);
    return result != CKR_OK ? result : final_result;
}

/// These say that some attribute of several could not be had; the others are there (PKCS#11 §5.7.5).
bool is_partial(CK_RV result) {
    return result == CKR_ATTRIBUTE_TYPE_INVALID || result == CKR_ATTRIBUTE_SENSITIVE || result == CKR_BUFFER_TOO_SMALL;
}

CK_RV read_object(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle,
                  std::vector<PrivateKeyObject>& found) {
    Bytes id(max_object_id), curve(max_curve);
    CK_KEY_TYPE type = 0;
    CK_BBOOL always_authenticate = CK_FALSE;
    CK_ATTRIBUTE attributes[] = {{CKA_ID, id.data(), id.size()},
                                 {CKA_KEY_TYPE, &type, sizeof type},
                                 {CKA_ALWAYS_AUTHENTICATE, &always_authenticate, sizeof always_authenticate},
                                 {CKA_EC_PARAMS, curve.data(), curve.size()}};
    const auto result = functions.C_GetAttributeValue(session, handle, attributes, std::size(attributes));
    if (result != CKR_OK && !is_partial(result)) return result;
    // A module that reports a length beyond the buffer is not believed; such an object can belong to no certificate.
    const auto id_size = attributes[0].ulValueLen;
    if (id_size == 0 || id_size > id.size() || attributes[1].ulValueLen != sizeof type) return CKR_OK;
    id.resize(id_size);
    const auto curve_size = attributes[3].ulValueLen;
    curve.resize(curve_size <= curve.size() ? curve_size : 0);
    found.push_back({handle, std::move(id), type, std::move(curve), always_authenticate == CK_TRUE});
    return CKR_OK;
}

bool is_x25519(const PrivateKeyObject& object) {
    return std::ranges::equal(object.curve, x25519_object) || std::ranges::equal(object.curve, x25519_name);
}

/// SoftHSM 2.6 files X25519 keys under Edwards.
bool fits(const PrivateKeyObject& object, KeyType key) {
    switch (key) {
        case KeyType::Rsa:
            return object.type == CKK_RSA;
        case KeyType::Ec:
            return object.type == CKK_EC;
        case KeyType::Ed25519:
            return object.type == CKK_EC_EDWARDS && !is_x25519(object);
        case KeyType::X25519:
            return object.type == montgomery_key || (object.type == CKK_EC_EDWARDS && is_x25519(object));
    }
    return false;
}

}  // namespace

CK_RV find_private_keys(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                        std::vector<PrivateKeyObject>& found) {
    std::vector<CK_OBJECT_HANDLE> handles;
    auto result = find_handles(functions, session, handles);
    for (size_t i = 0; result == CKR_OK && i < handles.size(); ++i)
        result = read_object(functions, session, handles[i], found);
    return result;
}

const PrivateKeyObject* object_of(const std::vector<PrivateKeyObject>& objects, KeyType type, ByteView object_id) {
    for (const auto& object : objects)
        if (fits(object, type) && std::ranges::equal(object.id, object_id)) return &object;
    return nullptr;
}

}  // namespace cardseal::token
