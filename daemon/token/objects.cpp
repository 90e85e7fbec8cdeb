// SPDX-License-Identifier: LGPL-2.1-or-later
// Objects on a token: finding them and reading their attributes.
#include "token/objects.hpp"

#include <algorithm>
#include <array>

namespace cardseal::token {

namespace {

constexpr size_t max_objects = 4096;

}  // namespace

CK_RV find_objects(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, std::span<CK_ATTRIBUTE> wanted,
                   std::vector<CK_OBJECT_HANDLE>& handles) {
    auto result = functions.C_FindObjectsInit(session, wanted.data(), wanted.size());
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

CK_RV find_objects(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_CLASS object_class,
                   std::vector<CK_OBJECT_HANDLE>& handles) {
    CK_BBOOL on_token = CK_TRUE;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &object_class, sizeof object_class}, {CKA_TOKEN, &on_token, sizeof on_token}};
    return find_objects(functions, session, std::span(wanted), handles);
}

bool is_partial(CK_RV result) {
    return result == CKR_ATTRIBUTE_TYPE_INVALID || result == CKR_ATTRIBUTE_SENSITIVE || result == CKR_BUFFER_TOO_SMALL;
}

CK_RV read_attributes(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                      std::span<const WantedAttribute> wanted, std::vector<Bytes>& values) {
    values.clear();
    std::vector<CK_ATTRIBUTE> attributes;
    for (const auto& each : wanted) {
        auto& value = values.emplace_back(each.max);
        attributes.push_back({each.type, value.data(), value.size()});
    }
    const auto result = functions.C_GetAttributeValue(session, object, attributes.data(), attributes.size());
    if (result != CKR_OK && !is_partial(result)) return result;
    for (size_t i = 0; i < values.size(); ++i) {
        const auto size = attributes[i].ulValueLen;
        values[i].resize(size <= values[i].size() ? size : 0);
    }
    return CKR_OK;
}

}  // namespace cardseal::token
