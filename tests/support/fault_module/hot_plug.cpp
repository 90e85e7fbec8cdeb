// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens that are pulled, readers that are unplugged, slots that get other numbers: between the caller and the real
// module.
#include "hot_plug.hpp"

#include <sys/inotify.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>

namespace cardseal::fault_module {

namespace {

constexpr CK_ULONG most_slots = 64;

std::vector<CK_SLOT_ID> real_slots(const CK_FUNCTION_LIST& real, CK_BBOOL with_token) {
    std::vector<CK_SLOT_ID> slots(most_slots);
    CK_ULONG count = slots.size();
    if (real.C_GetSlotList(with_token, slots.data(), &count) != CKR_OK) count = 0;
    slots.resize(count);
    return slots;
}

std::string label_in(const CK_FUNCTION_LIST& real, CK_SLOT_ID slot) {
    CK_TOKEN_INFO info{};
    if (real.C_GetTokenInfo(slot, &info) != CKR_OK) return {};
    const std::string label(reinterpret_cast<const char*>(info.label), sizeof info.label);
    return label.substr(0, label.find_last_not_of(' ') + 1);
}

/// Tells when a file is put in the place of the control file or beside it.
class ControlChange {
public:
    ControlChange() : notifications_(inotify_init1(IN_CLOEXEC)) {
        const std::string file = std::getenv("FAULT_MODULE_CONTROL");
        (void)inotify_add_watch(notifications_, file.substr(0, file.rfind('/')).c_str(), IN_MOVED_TO);
    }
    ControlChange(const ControlChange&) = delete;
    ControlChange& operator=(const ControlChange&) = delete;
    ~ControlChange() { close(notifications_); }

    void wait() const {
        char events[4096];
        (void)!read(notifications_, events, sizeof events);
    }

private:
    int notifications_;
};

bool names(const std::multiset<std::string>& labels, const std::string& label) {
    return labels.contains("") || labels.contains(label);
}

}  // namespace

void HotPlug::adopt(const Plugged& plugged, const CK_FUNCTION_LIST& real) {
    std::lock_guard lock(mutex_);
    if (plugged == plugged_) return;
    std::set<CK_SLOT_ID> removed, unplugged;
    for (const auto slot : real_slots(real, CK_TRUE)) {
        const auto label = label_in(real, slot);
        if (names(plugged.unplugged, label)) unplugged.insert(slot);
        if (unplugged.contains(slot) || names(plugged.removed, label)) removed.insert(slot);
        const bool was_removed = is_removed(slot);
        const bool renumbered = plugged.slot_offset != plugged_.slot_offset;
        if ((removed.contains(slot) && !was_removed) || renumbered) lose_sessions(real, slot);
        if (removed.contains(slot) != was_removed || unplugged.contains(slot) != is_unplugged(slot) || renumbered)
            events_.insert(slot);
    }
    removed_ = std::move(removed);
    unplugged_ = std::move(unplugged);
    plugged_ = plugged;
}

void HotPlug::lose_sessions(const CK_FUNCTION_LIST& real, CK_SLOT_ID slot) {
    (void)real.C_CloseAllSessions(slot);
    for (const auto& [session, of] : sessions_)
        if (of == slot) stale_.insert(session);
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second == slot; });
}

CK_RV HotPlug::find_slot(std::string_view function, CK_SLOT_ID& slot) {
    std::lock_guard lock(mutex_);
    slot -= plugged_.slot_offset;
    if (is_unplugged(slot)) return CKR_SLOT_ID_INVALID;
    return is_removed(slot) && function != "C_GetSlotInfo" ? CKR_TOKEN_NOT_PRESENT : CKR_OK;
}

void HotPlug::opened(CK_SLOT_ID real_slot, CK_SESSION_HANDLE session) {
    std::lock_guard lock(mutex_);
    sessions_[session] = real_slot;
}

bool HotPlug::is_stale(CK_SESSION_HANDLE session) {
    std::lock_guard lock(mutex_);
    return stale_.contains(session);
}

CK_RV HotPlug::list_slots(const CK_FUNCTION_LIST& real, CK_BBOOL with_token, CK_SLOT_ID* slots, CK_ULONG* count) {
    if (!slots)  // what a module does at that call, it is to do
        if (const auto result = real.C_GetSlotList(with_token, nullptr, count); result != CKR_OK) return result;
    auto found = real_slots(real, with_token);
    std::lock_guard lock(mutex_);
    std::erase_if(found, [&](auto slot) { return is_unplugged(slot) || (with_token && is_removed(slot)); });
    const auto room = slots ? *count : found.size();
    *count = found.size();
    if (found.size() > room) return CKR_BUFFER_TOO_SMALL;
    if (slots) std::ranges::transform(found, slots, [&](auto slot) { return slot + plugged_.slot_offset; });
    return CKR_OK;
}

CK_RV HotPlug::wait_for_event(CK_FLAGS flags, CK_SLOT_ID* slot, const std::function<void()>& adopt_now) {
    const ControlChange change;
    for (;;) {
        adopt_now();
        if (const auto result = take_event(flags, slot)) return *result;
        set_waiting(true);
        change.wait();
        set_waiting(false);
    }
}

void HotPlug::set_waiting(bool waiting) {
    std::lock_guard lock(mutex_);
    waiting_ = waiting;
    waited_.notify_all();
}

void HotPlug::stall() {
    std::unique_lock lock(mutex_);
    waited_.wait(lock, [this] { return !waiting_ || plugged_.events != Plugged::Events::Stalling; });
}

std::optional<CK_RV> HotPlug::take_event(CK_FLAGS flags, CK_SLOT_ID* slot) {
    std::lock_guard lock(mutex_);
    if (plugged_.events == Plugged::Events::OfRealModule) return CKR_FUNCTION_FAILED;
    if (!events_.empty()) {
        *slot = *events_.begin() + plugged_.slot_offset;
        events_.erase(events_.begin());
        return CKR_OK;
    }
    if (flags & CKF_DONT_BLOCK) return CKR_NO_EVENT;
    return std::nullopt;
}

void HotPlug::tell_slot(CK_SLOT_ID real_slot, CK_SLOT_INFO& info) {
    std::lock_guard lock(mutex_);
    if (is_removed(real_slot)) info.flags &= ~static_cast<CK_FLAGS>(CKF_TOKEN_PRESENT);
}

void HotPlug::tell_session(CK_SESSION_INFO& info) {
    std::lock_guard lock(mutex_);
    info.slotID += plugged_.slot_offset;
}

}  // namespace cardseal::fault_module
