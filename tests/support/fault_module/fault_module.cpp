// SPDX-License-Identifier: LGPL-2.1-or-later
// The fault-injecting PKCS#11 module: a function list whose every entry misbehaves as told, or calls the real one.
#include "fault_module.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <tuple>

#include "caller_locks.hpp"

namespace cardseal::fault_module {

namespace {

CK_FUNCTION_LIST* real_functions = nullptr;
CK_FUNCTION_LIST wrapped_functions;

/// The slots of the sessions, and the calls that have come to a meeting. PKCS#11 has no place to keep state but the
/// module itself, so this one is static.
class Course {
public:
    static Course& instance() {
        static Course course;
        return course;
    }

    void opened(CK_SESSION_HANDLE session, CK_SLOT_ID slot) {
        std::lock_guard lock(mutex_);
        slots_[session] = slot;
    }
    std::optional<CK_SLOT_ID> slot_of(CK_SESSION_HANDLE session) {
        std::lock_guard lock(mutex_);
        const auto slot = slots_.find(session);
        return slot == slots_.end() ? std::nullopt : std::optional(slot->second);
    }
    void meet(const char* function, CK_ULONG calls) {
        std::unique_lock lock(mutex_);
        auto& come = come_[function];
        ++come;
        changed_.notify_all();
        changed_.wait(lock, [&] { return come >= calls; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<CK_SESSION_HANDLE, CK_SLOT_ID> slots_;
    std::map<std::string, CK_ULONG> come_;
};

HotPlug& hot_plug() {
    static HotPlug hot_plug;
    return hot_plug;
}

[[noreturn]] void hang() {
    for (;;) pause();
}

void hold(const char* function, std::optional<CK_SLOT_ID> slot) {
    wait_while_held(function, slot);
    hot_plug().adopt(plugged_now(), *real_functions);
}

[[noreturn]] void crash() {
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
    _exit(1);
}

enum class Freshness { Fresh, Stale };

void meddle() {
    static constexpr char noise[] = "noise of a module\n";
    (void)!write(STDOUT_FILENO, noise, sizeof noise - 1);
    std::signal(SIGTERM, SIG_IGN);
    (void)!chdir("/");
}

bool is_watching(std::string_view function) {
    return function == "C_GetSlotList" || function == "C_GetSlotInfo" || function == "C_WaitForSlotEvent";
}

void write_log(const CallFaults& call, const char* function, CK_RV result, Freshness freshness) {
    if (call.log.empty() || (is_watching(function) && result == CKR_OK)) return;
    const auto* stale = freshness == Freshness::Stale ? " stale\n" : "\n";
    const auto line = std::string(function) + " " + return_value_name(result) + stale;
    const int fd = open(call.log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return;
    (void)!write(fd, line.data(), line.size());
    close(fd);
}

/// What happens before the real function: a value if that is not to be called at all.
std::optional<CK_RV> misbehave_before(const CallFaults& call, const char* function, std::optional<CK_SLOT_ID> slot) {
    for (const auto& fault : call.faults) {
        if (fault.action == Action::Hang) hang();
        if (fault.action == Action::Hold) hold(function, slot);
        if (fault.action == Action::Meet) Course::instance().meet(function, fault.value);
        if (fault.action == Action::Crash) crash();
        if (fault.action == Action::Abort) std::abort();
        if (fault.action == Action::Exit) std::exit(0);
        if (fault.action == Action::Meddle) meddle();
        if (fault.action == Action::KeepLocked) leave_locked();
        if (fault.action == Action::Return) return fault.value;
    }
    return std::nullopt;
}

void spoil_output(const CallFaults& call, CK_BYTE* output, CK_ULONG* size) {
    if (!output || !size) return;
    for (const auto& fault : call.faults) {
        if (fault.action == Action::Corrupt && *size > 0) output[*size / 2] ^= 1;
        if (fault.action == Action::Short && *size > 0) --*size;
        if (fault.action == Action::Length) *size = fault.value;
    }
}

void spoil_attributes(const CallFaults& call, CK_ATTRIBUTE* attributes, CK_ULONG count) {
    for (CK_ULONG i = 0; i < count; ++i) {
        auto& attribute = attributes[i];
        if (call.always_authenticate && attribute.type == CKA_ALWAYS_AUTHENTICATE && attribute.pValue) {
            *static_cast<CK_BBOOL*>(attribute.pValue) = CK_TRUE;
            attribute.ulValueLen = sizeof(CK_BBOOL);
        }
        for (const auto& fault : call.faults)
            if (fault.action == Action::Length) attribute.ulValueLen = fault.value;
    }
}

// Each is chosen by the function's parameters; those without something to spoil fall through to the first two.
template <class... Arguments>
bool refuses(const CallFaults&, const Arguments&...) {
    return false;
}
bool refuses(const CallFaults& call, CK_SESSION_HANDLE, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE) {
    return mechanism && call.refused.contains(mechanism->mechanism);
}
bool refuses(const CallFaults& call, CK_SESSION_HANDLE, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE, CK_ATTRIBUTE*,
             CK_ULONG, CK_OBJECT_HANDLE*) {
    return mechanism && call.refused.contains(mechanism->mechanism);
}
bool refuses(const CallFaults& call, CK_SLOT_ID, CK_MECHANISM_TYPE mechanism, CK_MECHANISM_INFO*) {
    return call.refused.contains(mechanism);
}

template <class... Arguments>
void spoil(const CallFaults&, CK_RV, const Arguments&...) {}
void spoil(const CallFaults& call, CK_RV result, CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE* output,
           CK_ULONG* size) {
    if (result == CKR_OK) spoil_output(call, output, size);
}
void spoil(const CallFaults& call, CK_RV, CK_SESSION_HANDLE, CK_OBJECT_HANDLE, CK_ATTRIBUTE* attributes,
           CK_ULONG count) {
    spoil_attributes(call, attributes, count);
}
void spoil(const CallFaults& call, CK_RV, CK_SLOT_ID, CK_TOKEN_INFO* info) {
    if (info) info->flags |= call.token_flags;
}

// What is between the caller and the real module's slots.
template <class First, class... Rest>
CK_RV reach(std::string_view function, First& first, Rest&...) {
    if constexpr (std::is_same_v<First, CK_SLOT_ID>)
        if (subject_of(function) == Subject::Slot) return hot_plug().find_slot(function, first);
    return CKR_OK;
}

template <class... Arguments>
Freshness freshness(std::string_view, const Arguments&...) {
    return Freshness::Fresh;
}
template <class... Rest>
Freshness freshness(std::string_view function, CK_SESSION_HANDLE session, const Rest&...) {
    const bool stale = subject_of(function) == Subject::Session && hot_plug().is_stale(session);
    return stale ? Freshness::Stale : Freshness::Fresh;
}

template <class... Arguments>
void tell(const Arguments&...) {}
void tell(CK_SLOT_ID slot, CK_SLOT_INFO* info) { hot_plug().tell_slot(slot, *info); }
void tell(CK_SESSION_HANDLE, CK_SESSION_INFO* info) { hot_plug().tell_session(*info); }
void tell(CK_SLOT_ID slot, CK_FLAGS, void*, CK_NOTIFY, CK_SESSION_HANDLE* session) {
    hot_plug().opened(slot, *session);
}

template <class... Arguments>
std::optional<CK_RV> answer_for_slots(const CallFaults&, const Arguments&...) {
    return std::nullopt;
}
std::optional<CK_RV> answer_for_slots(const CallFaults&, CK_BBOOL with_token, CK_SLOT_ID* slots, CK_ULONG* count) {
    return hot_plug().list_slots(*real_functions, with_token, slots, count);
}
std::optional<CK_RV> answer_for_slots(const CallFaults& call, CK_FLAGS flags, CK_SLOT_ID* slot, void*) {
    if (call.plugged.events == Plugged::Events::OfRealModule) return std::nullopt;
    return hot_plug().wait_for_event(flags, slot,
                                     [] { hot_plug().adopt(faults_of("", std::nullopt).plugged, *real_functions); });
}

template <class... Arguments>
void log_out(const CallFaults&, const Arguments&...) {}
template <class... Others>
void log_out(const CallFaults& call, CK_SESSION_HANDLE session, const Others&...) {
    for (const auto& fault : call.faults)
        if (fault.action == Action::LogOut) (void)real_functions->C_Logout(session);
}

template <class... Arguments>
void type_at_pin_pad(const CallFaults&, Arguments&...) {}
void type_at_pin_pad(const CallFaults& call, CK_SESSION_HANDLE&, CK_USER_TYPE&, CK_BYTE*& pin, CK_ULONG& size) {
    if (pin || call.pin_pad.empty()) return;
    pin = reinterpret_cast<CK_BYTE*>(const_cast<char*>(call.pin_pad.data()));
    size = call.pin_pad.size();
}

template <class... Arguments>
void initialized(const Arguments&...) {}
void initialized(void* arguments) { remember_locks(static_cast<CK_C_INITIALIZE_ARGS*>(arguments)); }

template <class... Arguments>
void remember_slot(CK_RV, const Arguments&...) {}
void remember_slot(CK_RV result, CK_SLOT_ID slot, CK_FLAGS, void*, CK_NOTIFY, CK_SESSION_HANDLE* session) {
    if (result == CKR_OK) Course::instance().opened(*session, slot);
}

template <class... Others>
std::optional<CK_SLOT_ID> slot_of(const char* function, CK_ULONG first, const Others&...) {
    return subject_of(function) == Subject::Slot ? std::optional(first) : Course::instance().slot_of(first);
}
template <class... Others>
std::optional<CK_SLOT_ID> slot_of(const char*, const Others&...) {
    return std::nullopt;
}

template <size_t Size>
struct FunctionName {
    constexpr FunctionName(const char (&name)[Size]) { std::copy_n(name, Size, text); }
    char text[Size]{};
};

template <class Function>
struct Wrapper;

template <class... Arguments>
struct Wrapper<CK_RV (*)(Arguments...)> {
    template <auto Member, FunctionName Name>
    static CK_RV call(Arguments... arguments) {
        const auto slot = slot_of(Name.text, arguments...);
        const auto faults = faults_of(Name.text, slot);
        // Before, nobody can ask which token is in which slot.
        if (std::string_view(Name.text) != "C_Initialize") hot_plug().adopt(faults.plugged, *real_functions);
        if (std::string_view(Name.text) != "C_WaitForSlotEvent") hot_plug().stall();
        const auto session = freshness(Name.text, arguments...);
        auto result = misbehave_before(faults, Name.text, slot);
        if (!result && refuses(faults, arguments...)) result = CKR_MECHANISM_INVALID;
        if (!result)
            if (const auto missing = reach(Name.text, arguments...); missing != CKR_OK) result = missing;
        if (!result) result = answer_for_slots(faults, arguments...);
        if (!result) {
            log_out(faults, arguments...);
            type_at_pin_pad(faults, arguments...);
            result = (real_functions->*Member)(arguments...);
            if (*result == CKR_OK) tell(arguments...);
            spoil(faults, *result, arguments...);
            remember_slot(*result, arguments...);
            initialized(arguments...);
        }
        write_log(faults, Name.text, *result, session);
        return *result;
    }
};

void wrap_functions() {
    wrapped_functions.version = real_functions->version;
#define WRAP(name) \
    wrapped_functions.name = Wrapper<decltype(wrapped_functions.name)>::call<&CK_FUNCTION_LIST::name, #name>
    WRAP(C_Initialize);
    WRAP(C_Finalize);
    WRAP(C_GetInfo);
    WRAP(C_GetSlotList);
    WRAP(C_GetSlotInfo);
    WRAP(C_GetTokenInfo);
    WRAP(C_GetMechanismList);
    WRAP(C_GetMechanismInfo);
    WRAP(C_InitToken);
    WRAP(C_InitPIN);
    WRAP(C_SetPIN);
    WRAP(C_OpenSession);
    WRAP(C_CloseSession);
    WRAP(C_CloseAllSessions);
    WRAP(C_GetSessionInfo);
    WRAP(C_GetOperationState);
    WRAP(C_SetOperationState);
    WRAP(C_Login);
    WRAP(C_Logout);
    WRAP(C_CreateObject);
    WRAP(C_CopyObject);
    WRAP(C_DestroyObject);
    WRAP(C_GetObjectSize);
    WRAP(C_GetAttributeValue);
    WRAP(C_SetAttributeValue);
    WRAP(C_FindObjectsInit);
    WRAP(C_FindObjects);
    WRAP(C_FindObjectsFinal);
    WRAP(C_EncryptInit);
    WRAP(C_Encrypt);
    WRAP(C_EncryptUpdate);
    WRAP(C_EncryptFinal);
    WRAP(C_DecryptInit);
    WRAP(C_Decrypt);
    WRAP(C_DecryptUpdate);
    WRAP(C_DecryptFinal);
    WRAP(C_DigestInit);
    WRAP(C_Digest);
    WRAP(C_DigestUpdate);
    WRAP(C_DigestKey);
    WRAP(C_DigestFinal);
    WRAP(C_SignInit);
    WRAP(C_Sign);
    WRAP(C_SignUpdate);
    WRAP(C_SignFinal);
    WRAP(C_SignRecoverInit);
    WRAP(C_SignRecover);
    WRAP(C_VerifyInit);
    WRAP(C_Verify);
    WRAP(C_VerifyUpdate);
    WRAP(C_VerifyFinal);
    WRAP(C_VerifyRecoverInit);
    WRAP(C_VerifyRecover);
    WRAP(C_DigestEncryptUpdate);
    WRAP(C_DecryptDigestUpdate);
    WRAP(C_SignEncryptUpdate);
    WRAP(C_DecryptVerifyUpdate);
    WRAP(C_GenerateKey);
    WRAP(C_GenerateKeyPair);
    WRAP(C_WrapKey);
    WRAP(C_UnwrapKey);
    WRAP(C_DeriveKey);
    WRAP(C_SeedRandom);
    WRAP(C_GenerateRandom);
    WRAP(C_GetFunctionStatus);
    WRAP(C_CancelFunction);
    WRAP(C_WaitForSlotEvent);
#undef WRAP
}

CK_RV load_real_module() {
    if (real_functions) return CKR_OK;
    void* library = dlopen(real_module().c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return CKR_GENERAL_ERROR;
    const auto get_function_list = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    if (!get_function_list) return CKR_GENERAL_ERROR;
    const auto result = get_function_list(&real_functions);
    if (result == CKR_OK) wrap_functions();
    return result;
}

}  // namespace

}  // namespace cardseal::fault_module

extern "C" __attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
    using namespace cardseal::fault_module;
    if (const auto result = load_real_module(); result != CKR_OK) return result;
    wrapped_functions.C_GetFunctionList = C_GetFunctionList;
    *list = &wrapped_functions;
    return CKR_OK;
}
