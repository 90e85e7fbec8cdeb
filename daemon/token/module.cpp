// SPDX-License-Identifier: LGPL-2.1-or-later
// Module: loading.
#include "token/module.hpp"

#include <dlfcn.h>

#include "token/module_calls.hpp"
#include "token/module_locks.hpp"
#include "token/openssl.hpp"
#include "token/return_values.hpp"

namespace cardseal::token {

namespace {

/// libp11 will open the same copy. It stays open until the process ends, because modules start threads and register
/// exit handlers that must not lose their code.
const CK_FUNCTION_LIST* function_list(const std::string& path) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw Error(ErrorCode::ModuleFailed, std::string("cannot load the module: ") + dlerror());
    const auto get_function_list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    if (!get_function_list) throw Error(ErrorCode::ModuleFailed, path + " is no PKCS#11 module");
    CK_FUNCTION_LIST* functions = nullptr;
    require_ok("cannot get the functions of " + path, get_function_list(&functions));
    return functions;
}

/// Before libp11, which would offer the system's locks alone, and finds the module initialised. A module that wants
/// none of ours is left to it.
void initialize(const CK_FUNCTION_LIST& functions, const std::string& path, std::string& init_args) {
    struct {
        CK_C_INITIALIZE_ARGS known = arguments_with_locks();
        void* reserved_by_nss = nullptr;
    } arguments;
    if (!init_args.empty()) arguments.known.pReserved = init_args.data();
    const auto result = functions.C_Initialize(&arguments);
    if (result != CKR_ARGUMENTS_BAD && result != CKR_CANT_LOCK) require_ok("cannot initialise " + path, result);
}

}  // namespace

Module::Module(const std::string& path, std::string init_args) : context_(PKCS11_CTX_new()) {
    if (!context_) throw openssl_error(ErrorCode::Internal, "cannot start libp11");
    const auto* functions = function_list(path);
    initialize(*functions, path, init_args);
    if (PKCS11_CTX_load(context_.get(), path.c_str()) != 0)
        throw openssl_error(ErrorCode::ModuleFailed, "cannot load " + path);
    functions_ = unlocking_calls(*functions);
}

Module::~Module() { PKCS11_CTX_unload(context_.get()); }

}  // namespace cardseal::token
