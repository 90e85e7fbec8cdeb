// SPDX-License-Identifier: LGPL-2.1-or-later
// Module: loading.
#include "token/module.hpp"

#include <dlfcn.h>

#include "token/openssl.hpp"
#include "token/return_values.hpp"

namespace cardseal::token {

namespace {

/// libp11 has the module open already, so this is the same copy; it stays open until the process ends, because
/// modules start threads and register exit handlers that must not lose their code.
const CK_FUNCTION_LIST* function_list(const std::string& path) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw Error(ErrorCode::ModuleFailed, "cannot load " + path);
    const auto get_function_list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    if (!get_function_list) throw Error(ErrorCode::ModuleFailed, path + " is no PKCS#11 module");
    CK_FUNCTION_LIST* functions = nullptr;
    require_ok("cannot get the functions of " + path, get_function_list(&functions));
    return functions;
}

}  // namespace

Module::Module(const std::string& path) : context_(PKCS11_CTX_new()) {
    if (!context_) throw openssl_error(ErrorCode::Internal, "cannot start libp11");
    if (PKCS11_CTX_load(context_.get(), path.c_str()) != 0)
        throw openssl_error(ErrorCode::ModuleFailed, "cannot load " + path);
    functions_ = function_list(path);
}

Module::~Module() {
    if (functions_) PKCS11_CTX_unload(context_.get());
}

}  // namespace cardseal::token
