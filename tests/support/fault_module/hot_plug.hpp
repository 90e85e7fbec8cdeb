// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens that are pulled, readers that are unplugged, slots that get other numbers: between the caller and the real
// module.
#pragma once

#include <p11-kit/pkcs11.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cardseal::fault_module {

/// What the control file says of it (fault_module.hpp).
struct Plugged {
    std::multiset<std::string> removed, unplugged;  ///< labels of tokens; empty: all
    CK_ULONG slot_offset = 0;
    enum class Events { OfRealModule, Told, Stalling } events = Events::OfRealModule;
    auto operator<=>(const Plugged&) const = default;
};

/// What a function's first parameter is.
enum class Subject { Module, Slot, Session };
constexpr Subject subject_of(std::string_view function) {
    for (const auto* name : {"C_Initialize", "C_Finalize", "C_GetInfo", "C_GetSlotList", "C_WaitForSlotEvent"})
        if (function == name) return Subject::Module;
    for (const auto* name : {"C_GetSlotInfo", "C_GetTokenInfo", "C_GetMechanismList", "C_GetMechanismInfo",
                             "C_InitToken", "C_OpenSession", "C_CloseAllSessions"})
        if (function == name) return Subject::Slot;
    return Subject::Session;
}

/// Safe for several threads.
class HotPlug {
public:
    /// Brings about what has changed. A token that is pulled loses its sessions.
    void adopt(const Plugged& plugged, const CK_FUNCTION_LIST& real);

    /// The real slot of a slot that the caller names; or why it cannot be asked.
    CK_RV find_slot(std::string_view function, CK_SLOT_ID& slot);
    void opened(CK_SLOT_ID real_slot, CK_SESSION_HANDLE session);
    /// Was the session lost with its token? The caller may find out so, but not go on to use it.
    bool is_stale(CK_SESSION_HANDLE session);

    CK_RV list_slots(const CK_FUNCTION_LIST& real, CK_BBOOL with_token, CK_SLOT_ID* slots, CK_ULONG* count);
    /// `adopt_now` reads the control file and adopts what it says. CKR_FUNCTION_FAILED if it stops telling of events.
    CK_RV wait_for_event(CK_FLAGS flags, CK_SLOT_ID* slot, const std::function<void()>& adopt_now);
    void tell_slot(CK_SLOT_ID real_slot, CK_SLOT_INFO& info);
    void tell_session(CK_SESSION_INFO& info);

    /// Holds the call up while another waits for a slot event, if the module is one that stalls.
    void stall();

private:
    std::optional<CK_RV> take_event(CK_FLAGS flags, CK_SLOT_ID* slot);
    void set_waiting(bool waiting);
    bool is_removed(CK_SLOT_ID real_slot) const { return removed_.contains(real_slot); }
    bool is_unplugged(CK_SLOT_ID real_slot) const { return unplugged_.contains(real_slot); }
    void lose_sessions(const CK_FUNCTION_LIST& real, CK_SLOT_ID slot);

    std::mutex mutex_;  ///< guards all below
    std::condition_variable waited_;
    Plugged plugged_;
    std::set<CK_SLOT_ID> removed_, unplugged_;  ///< real slots
    std::map<CK_SESSION_HANDLE, CK_SLOT_ID> sessions_;
    std::set<CK_SESSION_HANDLE> stale_;
    std::set<CK_SLOT_ID> events_;  ///< real slots
    bool waiting_ = false;
};

}  // namespace cardseal::fault_module
