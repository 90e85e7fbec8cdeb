// SPDX-License-Identifier: LGPL-2.1-or-later
// The one table of CK_RV (PKCS#11 v2.40 §11.1).
#include "token/return_values.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace cardseal::token {

namespace {

struct Entry {
    CK_RV value;
    std::string_view name;
    ErrorCode code = ErrorCode::ModuleFailed;
    Aftermath aftermath = Aftermath::OperationFailed;
};

#define NAMED(name) name, #name

// Those without a code of their own are here for their names.
constexpr auto table = std::to_array<Entry>({
    {NAMED(CKR_DEVICE_REMOVED), ErrorCode::TokenRemoved, Aftermath::TokenGone},
    {NAMED(CKR_TOKEN_NOT_PRESENT), ErrorCode::TokenRemoved, Aftermath::TokenGone},
    {NAMED(CKR_TOKEN_NOT_RECOGNIZED), ErrorCode::TokenRemoved, Aftermath::TokenGone},
    {NAMED(CKR_SLOT_ID_INVALID), ErrorCode::TokenRemoved, Aftermath::TokenGone},
    {NAMED(CKR_SESSION_HANDLE_INVALID), ErrorCode::ModuleFailed, Aftermath::HandlesLost},
    {NAMED(CKR_SESSION_CLOSED), ErrorCode::ModuleFailed, Aftermath::HandlesLost},
    {NAMED(CKR_OBJECT_HANDLE_INVALID), ErrorCode::ModuleFailed, Aftermath::HandlesLost},
    {NAMED(CKR_KEY_HANDLE_INVALID), ErrorCode::ModuleFailed, Aftermath::HandlesLost},
    // A session that still has an operation in it is not what we think it is.
    {NAMED(CKR_OPERATION_ACTIVE), ErrorCode::ModuleFailed, Aftermath::HandlesLost},
    {NAMED(CKR_USER_NOT_LOGGED_IN), ErrorCode::InteractionRequired},
    {NAMED(CKR_PIN_EXPIRED), ErrorCode::PinExpired},
    {NAMED(CKR_PIN_INCORRECT), ErrorCode::PinIncorrect},
    {NAMED(CKR_PIN_INVALID), ErrorCode::PinIncorrect},
    {NAMED(CKR_PIN_LEN_RANGE), ErrorCode::PinIncorrect},
    {NAMED(CKR_PIN_LOCKED), ErrorCode::PinLocked},
    {NAMED(CKR_HOST_MEMORY), ErrorCode::TokenBusy},
    {NAMED(CKR_DEVICE_MEMORY), ErrorCode::TokenBusy},
    {NAMED(CKR_SESSION_COUNT), ErrorCode::TokenBusy},
    {NAMED(CKR_CANCEL), ErrorCode::PinCancelled},
    {NAMED(CKR_FUNCTION_CANCELED), ErrorCode::PinCancelled},
    {NAMED(CKR_FUNCTION_REJECTED), ErrorCode::PinCancelled},
    {NAMED(CKR_GENERAL_ERROR)},
    {NAMED(CKR_FUNCTION_FAILED)},
    {NAMED(CKR_ARGUMENTS_BAD)},
    {NAMED(CKR_NO_EVENT)},
    {NAMED(CKR_NEED_TO_CREATE_THREADS)},
    {NAMED(CKR_CANT_LOCK)},
    {NAMED(CKR_ATTRIBUTE_READ_ONLY)},
    {NAMED(CKR_ATTRIBUTE_SENSITIVE)},
    {NAMED(CKR_ATTRIBUTE_TYPE_INVALID)},
    {NAMED(CKR_ATTRIBUTE_VALUE_INVALID)},
    {NAMED(CKR_DATA_INVALID)},
    {NAMED(CKR_DATA_LEN_RANGE)},
    {NAMED(CKR_DEVICE_ERROR)},
    {NAMED(CKR_ENCRYPTED_DATA_INVALID)},
    {NAMED(CKR_ENCRYPTED_DATA_LEN_RANGE)},
    {NAMED(CKR_FUNCTION_NOT_PARALLEL)},
    {NAMED(CKR_FUNCTION_NOT_SUPPORTED)},
    {NAMED(CKR_KEY_SIZE_RANGE)},
    {NAMED(CKR_KEY_TYPE_INCONSISTENT)},
    {NAMED(CKR_KEY_NOT_NEEDED)},
    {NAMED(CKR_KEY_CHANGED)},
    {NAMED(CKR_KEY_NEEDED)},
    {NAMED(CKR_KEY_INDIGESTIBLE)},
    {NAMED(CKR_KEY_FUNCTION_NOT_PERMITTED)},
    {NAMED(CKR_KEY_NOT_WRAPPABLE)},
    {NAMED(CKR_KEY_UNEXTRACTABLE)},
    {NAMED(CKR_MECHANISM_INVALID)},
    {NAMED(CKR_MECHANISM_PARAM_INVALID)},
    {NAMED(CKR_OPERATION_NOT_INITIALIZED)},
    {NAMED(CKR_SESSION_PARALLEL_NOT_SUPPORTED)},
    {NAMED(CKR_SESSION_READ_ONLY)},
    {NAMED(CKR_SESSION_EXISTS)},
    {NAMED(CKR_SESSION_READ_ONLY_EXISTS)},
    {NAMED(CKR_SESSION_READ_WRITE_SO_EXISTS)},
    {NAMED(CKR_SIGNATURE_INVALID)},
    {NAMED(CKR_SIGNATURE_LEN_RANGE)},
    {NAMED(CKR_TEMPLATE_INCOMPLETE)},
    {NAMED(CKR_TEMPLATE_INCONSISTENT)},
    {NAMED(CKR_TOKEN_WRITE_PROTECTED)},
    {NAMED(CKR_UNWRAPPING_KEY_SIZE_RANGE)},
    {NAMED(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT)},
    {NAMED(CKR_USER_ALREADY_LOGGED_IN)},
    {NAMED(CKR_USER_PIN_NOT_INITIALIZED)},
    {NAMED(CKR_USER_TYPE_INVALID)},
    {NAMED(CKR_USER_ANOTHER_ALREADY_LOGGED_IN)},
    {NAMED(CKR_USER_TOO_MANY_TYPES)},
    {NAMED(CKR_WRAPPED_KEY_INVALID)},
    {NAMED(CKR_WRAPPED_KEY_LEN_RANGE)},
    {NAMED(CKR_WRAPPING_KEY_HANDLE_INVALID)},
    {NAMED(CKR_WRAPPING_KEY_SIZE_RANGE)},
    {NAMED(CKR_WRAPPING_KEY_TYPE_INCONSISTENT)},
    {NAMED(CKR_RANDOM_SEED_NOT_SUPPORTED)},
    {NAMED(CKR_RANDOM_NO_RNG)},
    {NAMED(CKR_DOMAIN_PARAMS_INVALID)},
    {NAMED(CKR_CURVE_NOT_SUPPORTED)},
    {NAMED(CKR_BUFFER_TOO_SMALL)},
    {NAMED(CKR_SAVED_STATE_INVALID)},
    {NAMED(CKR_INFORMATION_SENSITIVE)},
    {NAMED(CKR_STATE_UNSAVEABLE)},
    {NAMED(CKR_CRYPTOKI_NOT_INITIALIZED)},
    {NAMED(CKR_CRYPTOKI_ALREADY_INITIALIZED)},
    {NAMED(CKR_MUTEX_BAD)},
    {NAMED(CKR_MUTEX_NOT_LOCKED)},
    {NAMED(CKR_NEW_PIN_MODE)},
    {NAMED(CKR_NEXT_OTP)},
    {NAMED(CKR_EXCEEDED_MAX_ITERATIONS)},
});

#undef NAMED

std::string number_text(CK_RV value) {
    char text[32];
    std::snprintf(text, sizeof text, "CK_RV 0x%lx", value);
    return text;
}

}  // namespace

ReturnValue describe(CK_RV value) {
    for (const auto& entry : table)
        if (entry.value == value) return {value, std::string(entry.name), entry.code, entry.aftermath};
    return {value, number_text(value), ErrorCode::ModuleFailed, Aftermath::OperationFailed};
}

Error module_error(const std::string& what, CK_RV value) {
    auto described = describe(value);
    return {described.code, what + ": " + described.name};
}

void require_ok(const std::string& what, CK_RV value) {
    if (value != CKR_OK) throw module_error(what, value);
}

bool may_mean_removal(CK_RV value) {
    return value == CKR_GENERAL_ERROR || value == CKR_FUNCTION_FAILED || value == CKR_DEVICE_ERROR;
}

bool says_incapable(CK_RV value) {
    return value == CKR_MECHANISM_INVALID || value == CKR_FUNCTION_NOT_SUPPORTED || value == CKR_CURVE_NOT_SUPPORTED ||
           value == CKR_DOMAIN_PARAMS_INVALID || value == CKR_KEY_TYPE_INCONSISTENT ||
           value == CKR_KEY_FUNCTION_NOT_PERMITTED;
}

bool independent_of_ciphertext(CK_RV value) {
    // A cancellation is not in the list: no module asks a person during C_Decrypt without a context login.
    const auto described = describe(value);
    return described.aftermath != Aftermath::OperationFailed ||
           (described.code != ErrorCode::ModuleFailed && described.code != ErrorCode::PinCancelled);
}

}  // namespace cardseal::token
