// SPDX-License-Identifier: LGPL-2.1-or-later
// The control file of the fault-injecting module: reading it, and again whenever it changed.
#include "fault_module.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string_view>

namespace cardseal::fault_module {

namespace {

struct NamedNumber {
    std::string_view name;
    CK_ULONG number;
};

#define NAMED(name) \
    NamedNumber { #name, name }

constexpr auto return_values = std::to_array<NamedNumber>({
    NAMED(CKR_OK),
    NAMED(CKR_CANCEL),
    NAMED(CKR_HOST_MEMORY),
    NAMED(CKR_SLOT_ID_INVALID),
    NAMED(CKR_GENERAL_ERROR),
    NAMED(CKR_FUNCTION_FAILED),
    NAMED(CKR_ARGUMENTS_BAD),
    NAMED(CKR_NO_EVENT),
    NAMED(CKR_NEED_TO_CREATE_THREADS),
    NAMED(CKR_CANT_LOCK),
    NAMED(CKR_ATTRIBUTE_READ_ONLY),
    NAMED(CKR_ATTRIBUTE_SENSITIVE),
    NAMED(CKR_ATTRIBUTE_TYPE_INVALID),
    NAMED(CKR_ATTRIBUTE_VALUE_INVALID),
    NAMED(CKR_DATA_INVALID),
    NAMED(CKR_DATA_LEN_RANGE),
    NAMED(CKR_DEVICE_ERROR),
    NAMED(CKR_DEVICE_MEMORY),
    NAMED(CKR_DEVICE_REMOVED),
    NAMED(CKR_ENCRYPTED_DATA_INVALID),
    NAMED(CKR_ENCRYPTED_DATA_LEN_RANGE),
    NAMED(CKR_FUNCTION_CANCELED),
    NAMED(CKR_FUNCTION_NOT_PARALLEL),
    NAMED(CKR_FUNCTION_NOT_SUPPORTED),
    NAMED(CKR_KEY_HANDLE_INVALID),
    NAMED(CKR_KEY_SIZE_RANGE),
    NAMED(CKR_KEY_TYPE_INCONSISTENT),
    NAMED(CKR_KEY_NOT_NEEDED),
    NAMED(CKR_KEY_CHANGED),
    NAMED(CKR_KEY_NEEDED),
    NAMED(CKR_KEY_INDIGESTIBLE),
    NAMED(CKR_KEY_FUNCTION_NOT_PERMITTED),
    NAMED(CKR_KEY_NOT_WRAPPABLE),
    NAMED(CKR_KEY_UNEXTRACTABLE),
    NAMED(CKR_MECHANISM_INVALID),
    NAMED(CKR_MECHANISM_PARAM_INVALID),
    NAMED(CKR_OBJECT_HANDLE_INVALID),
    NAMED(CKR_OPERATION_ACTIVE),
    NAMED(CKR_OPERATION_NOT_INITIALIZED),
    NAMED(CKR_PIN_INCORRECT),
    NAMED(CKR_PIN_INVALID),
    NAMED(CKR_PIN_LEN_RANGE),
    NAMED(CKR_PIN_EXPIRED),
    NAMED(CKR_PIN_LOCKED),
    NAMED(CKR_SESSION_CLOSED),
    NAMED(CKR_SESSION_COUNT),
    NAMED(CKR_SESSION_HANDLE_INVALID),
    NAMED(CKR_SESSION_PARALLEL_NOT_SUPPORTED),
    NAMED(CKR_SESSION_READ_ONLY),
    NAMED(CKR_SESSION_EXISTS),
    NAMED(CKR_SESSION_READ_ONLY_EXISTS),
    NAMED(CKR_SESSION_READ_WRITE_SO_EXISTS),
    NAMED(CKR_SIGNATURE_INVALID),
    NAMED(CKR_SIGNATURE_LEN_RANGE),
    NAMED(CKR_TEMPLATE_INCOMPLETE),
    NAMED(CKR_TEMPLATE_INCONSISTENT),
    NAMED(CKR_TOKEN_NOT_PRESENT),
    NAMED(CKR_TOKEN_NOT_RECOGNIZED),
    NAMED(CKR_TOKEN_WRITE_PROTECTED),
    NAMED(CKR_UNWRAPPING_KEY_SIZE_RANGE),
    NAMED(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT),
    NAMED(CKR_USER_ALREADY_LOGGED_IN),
    NAMED(CKR_USER_NOT_LOGGED_IN),
    NAMED(CKR_USER_PIN_NOT_INITIALIZED),
    NAMED(CKR_USER_TYPE_INVALID),
    NAMED(CKR_USER_ANOTHER_ALREADY_LOGGED_IN),
    NAMED(CKR_USER_TOO_MANY_TYPES),
    NAMED(CKR_WRAPPED_KEY_INVALID),
    NAMED(CKR_WRAPPED_KEY_LEN_RANGE),
    NAMED(CKR_WRAPPING_KEY_HANDLE_INVALID),
    NAMED(CKR_WRAPPING_KEY_SIZE_RANGE),
    NAMED(CKR_WRAPPING_KEY_TYPE_INCONSISTENT),
    NAMED(CKR_RANDOM_SEED_NOT_SUPPORTED),
    NAMED(CKR_RANDOM_NO_RNG),
    NAMED(CKR_DOMAIN_PARAMS_INVALID),
    NAMED(CKR_CURVE_NOT_SUPPORTED),
    NAMED(CKR_BUFFER_TOO_SMALL),
    NAMED(CKR_SAVED_STATE_INVALID),
    NAMED(CKR_INFORMATION_SENSITIVE),
    NAMED(CKR_STATE_UNSAVEABLE),
    NAMED(CKR_CRYPTOKI_NOT_INITIALIZED),
    NAMED(CKR_CRYPTOKI_ALREADY_INITIALIZED),
    NAMED(CKR_MUTEX_BAD),
    NAMED(CKR_MUTEX_NOT_LOCKED),
    NAMED(CKR_NEW_PIN_MODE),
    NAMED(CKR_NEXT_OTP),
    NAMED(CKR_EXCEEDED_MAX_ITERATIONS),
    NAMED(CKR_FUNCTION_REJECTED),
});

constexpr auto token_flags = std::to_array<NamedNumber>({
    NAMED(CKF_USER_PIN_COUNT_LOW),
    NAMED(CKF_USER_PIN_FINAL_TRY),
    NAMED(CKF_USER_PIN_LOCKED),
    NAMED(CKF_PROTECTED_AUTHENTICATION_PATH),
});

constexpr auto mechanisms = std::to_array<NamedNumber>({
    NAMED(CKM_RSA_PKCS),
    NAMED(CKM_RSA_PKCS_PSS),
    NAMED(CKM_RSA_PKCS_OAEP),
    NAMED(CKM_RSA_X_509),
    NAMED(CKM_ECDSA),
    NAMED(CKM_ECDH1_DERIVE),
    NAMED(CKM_ECDH1_COFACTOR_DERIVE),
});

#undef NAMED

constexpr auto actions = std::to_array<std::pair<std::string_view, Action>>({
    {"return", Action::Return},
    {"hang", Action::Hang},
    {"hold", Action::Hold},
    {"meet", Action::Meet},
    {"crash", Action::Crash},
    {"abort", Action::Abort},
    {"exit", Action::Exit},
    {"log-out", Action::LogOut},
    {"meddle", Action::Meddle},
    {"keep-locked", Action::KeepLocked},
    {"corrupt", Action::Corrupt},
    {"short", Action::Short},
    {"length", Action::Length},
});

template <size_t Size>
CK_ULONG number_of(const std::array<NamedNumber, Size>& table, const std::string& text) {
    for (const auto& entry : table)
        if (text == entry.name || text == entry.name.substr(4)) return entry.number;
    return std::strtoul(text.c_str(), nullptr, 0);
}

Fault read_fault(Action action, std::istream& words) {
    Fault fault{action, 0, std::nullopt, std::nullopt};
    const bool has_value = action == Action::Return || action == Action::Length || action == Action::Meet;
    if (std::string value; has_value && words >> value) fault.value = number_of(return_values, value);
    for (std::string word; words >> word;) {
        if (CK_SLOT_ID slot; word == "slot" && words >> slot)
            fault.slot = slot;
        else
            fault.remaining = std::atoi(word.c_str());
    }
    return fault;
}

void read_statement(Control& control, const std::string& line) {
    std::istringstream words(line);
    std::string keyword, argument;
    words >> keyword;
    if (keyword.empty() || keyword.front() == '#') return;
    words >> argument;
    if (keyword == "real") control.real = argument;
    if (keyword == "log") control.log = argument;
    if (keyword == "flags") control.token_flags |= number_of(token_flags, argument);
    if (keyword == "refuse") control.refused.insert(number_of(mechanisms, argument));
    if (std::string value; keyword == "nth" && words >> value) {
        control.calls_until_fault = std::strtoul(argument.c_str(), nullptr, 0);
        control.nth_result = number_of(return_values, value);
    }
    if (keyword == "always-authenticate") control.always_authenticate = true;
    if (keyword == "pin-pad") control.pin_pad = argument;
    if (keyword == "remove") control.plugged.removed.insert(argument);
    if (keyword == "unplug") control.plugged.unplugged.insert(argument);
    if (keyword == "slot-offset") control.plugged.slot_offset = std::strtoul(argument.c_str(), nullptr, 0);
    if (keyword == "slot-events")
        control.plugged.events = argument == "stall" ? Plugged::Events::Stalling : Plugged::Events::Told;
    for (const auto& [name, action] : actions)
        if (keyword == name) control.faults.emplace(argument, read_fault(action, words));
}

bool is_for(const Fault& fault, std::optional<CK_SLOT_ID> slot) { return !fault.slot || fault.slot == slot; }

bool same_version(const struct stat& left, const struct stat& right) {
    return left.st_ino == right.st_ino && left.st_size == right.st_size &&
           left.st_mtim.tv_sec == right.st_mtim.tv_sec && left.st_mtim.tv_nsec == right.st_mtim.tv_nsec;
}

/// The file as last read. PKCS#11 has no place to keep state but the module itself, so this one is static.
class ControlFile {
public:
    static ControlFile& instance() {
        static ControlFile file;
        return file;
    }

    CallFaults take(const char* function, std::optional<CK_SLOT_ID> slot) {
        std::lock_guard lock(mutex_);
        refresh();
        CallFaults taken{{},
                         control_.log,
                         control_.token_flags,
                         control_.refused,
                         control_.always_authenticate,
                         control_.pin_pad,
                         control_.plugged};
        if (control_.calls_until_fault > 0 && --control_.calls_until_fault == 0)
            taken.faults.push_back({Action::Return, control_.nth_result, std::nullopt, std::nullopt});
        auto [first, last] = control_.faults.equal_range(function);
        for (auto fault = first; fault != last; ++fault) {
            if (!is_for(fault->second, slot)) continue;
            auto& remaining = fault->second.remaining;
            if (remaining && (*remaining)-- <= 0) continue;
            taken.faults.push_back(fault->second);
        }
        return taken;
    }

    bool holds(const char* function, std::optional<CK_SLOT_ID> slot) {
        std::lock_guard lock(mutex_);
        refresh();
        const auto [first, last] = control_.faults.equal_range(function);
        return std::any_of(first, last, [&](const auto& entry) {
            return entry.second.action == Action::Hold && is_for(entry.second, slot);
        });
    }

    Plugged plugged() {
        std::lock_guard lock(mutex_);
        refresh();
        return control_.plugged;
    }

    std::string real() {
        std::lock_guard lock(mutex_);
        refresh();
        return control_.real;
    }

private:
    void refresh() {
        const char* path = std::getenv("FAULT_MODULE_CONTROL");
        struct stat status {};
        if (!path || stat(path, &status) != 0 || same_version(status, version_)) return;
        std::ifstream file(path);
        control_ = {};
        version_ = status;
        for (std::string line; std::getline(file, line);) read_statement(control_, line);
    }

    std::mutex mutex_;
    Control control_;
    struct stat version_ {};
};

/// Notices, from when it is made, that another control file has taken its place.
class Replacement {
public:
    Replacement() : events_(inotify_init1(IN_CLOEXEC)) {
        const auto folder = std::filesystem::path(std::getenv("FAULT_MODULE_CONTROL")).parent_path();
        if (inotify_add_watch(events_, folder.c_str(), IN_MOVED_TO) < 0) std::abort();
    }
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;
    ~Replacement() { close(events_); }

    void wait() const {
        std::array<char, 4096> events;
        if (read(events_, events.data(), events.size()) < 0 && errno != EINTR) std::abort();
    }

private:
    const int events_;
};

}  // namespace

CallFaults faults_of(const char* function, std::optional<CK_SLOT_ID> slot) {
    return ControlFile::instance().take(function, slot);
}

void wait_while_held(const char* function, std::optional<CK_SLOT_ID> slot) {
    const Replacement replacement;
    while (ControlFile::instance().holds(function, slot)) replacement.wait();
}

Plugged plugged_now() { return ControlFile::instance().plugged(); }

std::string real_module() { return ControlFile::instance().real(); }

std::string return_value_name(CK_RV value) {
    for (const auto& entry : return_values)
        if (entry.number == value) return std::string(entry.name);
    std::ostringstream text;
    text << "0x" << std::hex << value;
    return text.str();
}

}  // namespace cardseal::fault_module
