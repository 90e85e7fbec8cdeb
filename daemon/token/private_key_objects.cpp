// SPDX-License-Identifier: LGPL-2.1-or-later
// The private-key objects that a session sees.
#include "token/private_key_objects.hpp"

#include <algorithm>

#include "token/objects.hpp"
#include "token/public_keys.hpp"

namespace cardseal::token {

namespace {

constexpr size_t max_object_id = 256;
constexpr size_t max_curve = 64;

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

}  // namespace

CK_RV find_private_keys(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session,
                        std::vector<PrivateKeyObject>& found) {
    std::vector<CK_OBJECT_HANDLE> handles;
    auto result = find_objects(functions, session, CKO_PRIVATE_KEY, handles);
    for (size_t i = 0; result == CKR_OK && i < handles.size(); ++i)
        result = read_object(functions, session, handles[i], found);
    return result;
}

const PrivateKeyObject* object_of(const std::vector<PrivateKeyObject>& objects, KeyType type, ByteView object_id) {
    for (const auto& object : objects)
        if (key_type_of(object.type, object.curve) == type && std::ranges::equal(object.id, object_id)) return &object;
    return nullptr;
}

}  // namespace cardseal::token
