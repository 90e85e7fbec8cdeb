// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of CK_RV.
#include "token/return_values.hpp"

#include "catch.hpp"

using namespace cardseal;
using namespace cardseal::token;

// As CKR_VENDOR_DEFINED, which is a C cast.
static constexpr CK_RV vendor_defined = 0x80000000UL;

TEST_CASE("return values: each has its name, its error and its aftermath") {
    CHECK(module_error("cannot sign", CKR_DEVICE_REMOVED).message() == "cannot sign: CKR_DEVICE_REMOVED");
    CHECK(describe(CKR_DEVICE_REMOVED).code == ErrorCode::TokenRemoved);
    CHECK(describe(CKR_DEVICE_REMOVED).aftermath == Aftermath::TokenGone);
    CHECK(describe(CKR_SESSION_HANDLE_INVALID).aftermath == Aftermath::HandlesLost);
    CHECK(describe(CKR_USER_NOT_LOGGED_IN).code == ErrorCode::InteractionRequired);
    CHECK(describe(CKR_HOST_MEMORY).code == ErrorCode::TokenBusy);
    CHECK(describe(CKR_PIN_LOCKED).code == ErrorCode::PinLocked);
    CHECK(describe(CKR_GENERAL_ERROR).code == ErrorCode::ModuleFailed);
    CHECK(describe(vendor_defined + 0x12).name == "CK_RV 0x80000012");
}

TEST_CASE("return values: what a padding may cause is never told, what it cannot cause is") {
    for (const CK_RV result : {CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_DEVICE_ERROR, CKR_ENCRYPTED_DATA_INVALID,
                               CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_DATA_INVALID, CKR_DATA_LEN_RANGE, CKR_ARGUMENTS_BAD,
                               CKR_BUFFER_TOO_SMALL, CKR_FUNCTION_CANCELED, vendor_defined + 1})
        CHECK_FALSE(independent_of_ciphertext(result));
    for (const CK_RV result :
         {CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT, CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED,
          CKR_OBJECT_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN, CKR_PIN_LOCKED, CKR_PIN_EXPIRED,
          CKR_HOST_MEMORY, CKR_DEVICE_MEMORY})
        CHECK(independent_of_ciphertext(result));
}
