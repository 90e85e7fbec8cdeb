// SPDX-License-Identifier: LGPL-2.1-or-later
// The private-key objects that a session sees.
#include "token/private_key_objects.hpp"

#include <algorithm>
#include <array>

namespace cardseal::token {

namespace {

constexpr size_t max_objects = 4096;
constexpr size_t max_object_id = 256;
constexpr CK_KEY_TYPE montgomery_key = 0x41;  // CKK_EC_MONTGOMERY (PKCS#11 v3.0), not in p11-kit 0.24

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
    Bytes id(max_object_id);
    CK_KEY_TYPE type = 0;
    CK_BBOOL always_authenticate = CK_FALSE;
    CK_ATTRIBUTE attributes[] = {{CKA_ID, id.data(), id.size()},
                                 {CKA_KEY_TYPE, &type, sizeof type},
                                 {CKA_ALWAYS_AUTHENTICATE, &always_authenticate, sizeof always_authenticate}};
    const auto result = functions.C_GetAttributeValue(session, handle, attributes, std::size(attributes));
    if (result != CKR_OK && !is_partial(result)) return result;
    // A module that reports a length beyond the buffer is not believed; such an object can belong to no certificate.
    const auto id_size = attributes[0].ulValueLen;
    if (id_size == 0 || id_size > id.size() || attributes[1].ulValueLen != sizeof type) return CKR_OK;
    id.resize(id_size);
    found.push_back({handle, std::move(id), type, always_authenticate == CK_TRUE});
    return CKR_OK;
}

bool fits(CK_KEY_TYPE object, KeyType key) {
    switch (key) {
        case KeyType::Rsa:
            return object == CKK_RSA;
        case KeyType::Ec:
            return object == CKK_EC;
        case KeyType::Ed25519:
            return object == CKK_EC_EDWARDS;
        case KeyType::X25519:
            return object == montgomery_key;
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
        if (fits(object.type, type) && std::ranges::equal(object.id, object_id)) return &object;
    return nullptr;
}

}  // namespace cardseal::token
