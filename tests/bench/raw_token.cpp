// SPDX-License-Identifier: LGPL-2.1-or-later
// The ceiling: the module's own calls in warm, logged-in sessions, with nothing around them.
#include "raw_token.hpp"

#include <dlfcn.h>
#include <stdexcept>

namespace bench {

static void must(CK_RV result, const char* call) {
    if (result != CKR_OK) throw std::runtime_error(std::string(call) + " failed: " + std::to_string(result));
}

static std::string text(const CK_UTF8CHAR* padded, size_t size) {
    std::string value(reinterpret_cast<const char*>(padded), size);
    return value.substr(0, value.find_last_not_of(' ') + 1);
}

RawToken::RawToken(const std::string& module, const std::string& label, const std::string& pin) {
    void* library = dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw std::runtime_error(dlerror());
    const auto get_functions = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    must(get_functions(&functions_), "C_GetFunctionList");
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;
    must(functions_->C_Initialize(&arguments), "C_Initialize");
    CK_ULONG count = 0;
    must(functions_->C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
    std::vector<CK_SLOT_ID> slots(count);
    must(functions_->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
    for (auto slot : slots) {
        CK_TOKEN_INFO token{};
        must(functions_->C_GetTokenInfo(slot, &token), "C_GetTokenInfo");
        if (text(token.label, sizeof token.label) == label) slot_ = slot;
    }
    std::string typed = pin;
    must(functions_->C_Login(open_session(), CKU_USER, reinterpret_cast<CK_UTF8CHAR_PTR>(typed.data()), typed.size()),
         "C_Login");
}

RawToken::~RawToken() { functions_->C_Finalize(nullptr); }

CK_SESSION_HANDLE RawToken::open_session() {
    CK_SESSION_HANDLE session = 0;
    must(functions_->C_OpenSession(slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &session), "C_OpenSession");
    return session;
}

CK_OBJECT_HANDLE RawToken::private_key(CK_SESSION_HANDLE session, CK_KEY_TYPE type) {
    CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &object_class, sizeof object_class}, {CKA_KEY_TYPE, &type, sizeof type}};
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG found = 0;
    must(functions_->C_FindObjectsInit(session, wanted, 2), "C_FindObjectsInit");
    must(functions_->C_FindObjects(session, &key, 1, &found), "C_FindObjects");
    must(functions_->C_FindObjectsFinal(session), "C_FindObjectsFinal");
    if (found != 1) throw std::runtime_error("no private key of that type");
    return key;
}

std::function<void()> RawToken::signing(CK_KEY_TYPE type, CK_MECHANISM_TYPE mechanism,
                                        std::vector<unsigned char> input) {
    const auto session = open_session();
    const auto key = private_key(session, type);
    return [this, session, key, mechanism, input = std::move(input)]() mutable {
        CK_MECHANISM how{mechanism, nullptr, 0};
        unsigned char signature[1024];
        CK_ULONG size = sizeof signature;
        must(functions_->C_SignInit(session, &how, key), "C_SignInit");
        must(functions_->C_Sign(session, input.data(), input.size(), signature, &size), "C_Sign");
    };
}

std::function<void()> RawToken::decrypting(std::vector<unsigned char> ciphertext) {
    const auto session = open_session();
    const auto key = private_key(session, CKK_RSA);
    return [this, session, key, ciphertext = std::move(ciphertext)]() mutable {
        CK_MECHANISM how{CKM_RSA_PKCS, nullptr, 0};
        unsigned char plaintext[1024];
        CK_ULONG size = sizeof plaintext;
        must(functions_->C_DecryptInit(session, &how, key), "C_DecryptInit");
        must(functions_->C_Decrypt(session, ciphertext.data(), ciphertext.size(), plaintext, &size), "C_Decrypt");
    };
}

}  // namespace bench
