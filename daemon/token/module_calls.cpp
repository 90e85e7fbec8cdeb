// SPDX-License-Identifier: LGPL-2.1-or-later
// The module's functions, each followed by unlocking what it has left locked.
#include "token/module_calls.hpp"

#include "token/module_locks.hpp"

namespace cardseal::token {

namespace {

/// PKCS#11's functions have no argument that could carry it.
const CK_FUNCTION_LIST* module_functions = nullptr;

template <auto Function>
struct Call;

template <class... Arguments, CK_RV (*CK_FUNCTION_LIST::*Function)(Arguments...)>
struct Call<Function> {
    static CK_RV unlocking(Arguments... arguments) {
        const auto result = (module_functions->*Function)(arguments...);
        unlock_what_is_left();
        return result;
    }
};

/// A function that the module does not have is not there afterwards either.
template <auto... Functions>
void replace(CK_FUNCTION_LIST& functions) {
    ((functions.*Functions = functions.*Functions ? Call<Functions>::unlocking : nullptr), ...);
}

}  // namespace

CK_FUNCTION_LIST unlocking_calls(const CK_FUNCTION_LIST& functions) {
    using List = CK_FUNCTION_LIST;
    module_functions = &functions;
    auto calls = functions;
    replace<&List::C_GetSlotList, &List::C_GetSlotInfo, &List::C_GetTokenInfo, &List::C_GetMechanismInfo,
            &List::C_WaitForSlotEvent, &List::C_OpenSession, &List::C_CloseSession, &List::C_GetSessionInfo,
            &List::C_Login, &List::C_Logout, &List::C_InitPIN, &List::C_SetPIN, &List::C_FindObjectsInit,
            &List::C_FindObjects, &List::C_FindObjectsFinal, &List::C_GetAttributeValue, &List::C_CreateObject,
            &List::C_DestroyObject, &List::C_GenerateKeyPair, &List::C_SignInit, &List::C_Sign, &List::C_DecryptInit,
            &List::C_Decrypt, &List::C_DeriveKey>(calls);
    return calls;
}

}  // namespace cardseal::token
