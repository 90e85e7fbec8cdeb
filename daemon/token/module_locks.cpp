// SPDX-License-Identifier: LGPL-2.1-or-later
// The locks that a module is offered at C_Initialize.
#include "token/module_locks.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

namespace cardseal::token {

namespace {

/// How many locks this thread has, and whether it had any after a call. PKCS#11 hands these functions nothing but the
/// lock, hence no object holds it.
thread_local int held = 0;
thread_local bool was_left_locked = false;

/// Its owner may lock it again.
class ModuleLock {
public:
    ModuleLock() = default;
    ModuleLock(const ModuleLock&) = delete;
    ModuleLock& operator=(const ModuleLock&) = delete;
    ~ModuleLock() {
        while (unlock()) continue;
    }

    void lock() {
        mutex_.lock();
        owner_ = std::this_thread::get_id();
        ++depth_;
        ++held;
    }

    /// False if this thread does not have it.
    bool unlock() {
        if (owner_ != std::this_thread::get_id()) return false;
        if (--depth_ == 0) owner_ = std::thread::id();
        --held;
        mutex_.unlock();
        return true;
    }

private:
    std::recursive_mutex mutex_;
    std::atomic<std::thread::id> owner_{};
    unsigned depth_ = 0;  ///< guarded by mutex_
};

/// All that are not destroyed. A module may destroy a lock that another thread has left locked.
class Locks {
public:
    ModuleLock* create() {
        std::unique_ptr<ModuleLock> lock(new (std::nothrow) ModuleLock);
        if (!lock) return nullptr;
        const std::lock_guard guard(mutex_);
        auto* const created = lock.get();
        locks_.emplace(created, std::move(lock));
        return created;
    }
    void destroy(ModuleLock* lock) {
        const std::lock_guard guard(mutex_);
        locks_.erase(lock);
    }
    void unlock_those_of_this_thread() {
        const std::lock_guard guard(mutex_);
        for (const auto& [lock, owned] : locks_)
            while (lock->unlock()) continue;
    }

private:
    std::mutex mutex_;
    std::map<ModuleLock*, std::unique_ptr<ModuleLock>> locks_;
};

/// Never destroyed: modules destroy locks as the process exits.
Locks& locks() {
    static auto& locks = *new Locks;
    return locks;
}

CK_RV create(void** lock) {
    *lock = locks().create();
    return *lock ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV destroy(void* lock) {
    locks().destroy(static_cast<ModuleLock*>(lock));
    return CKR_OK;
}

CK_RV lock(void* lock) {
    static_cast<ModuleLock*>(lock)->lock();
    return CKR_OK;
}

CK_RV unlock(void* lock) { return static_cast<ModuleLock*>(lock)->unlock() ? CKR_OK : CKR_MUTEX_NOT_LOCKED; }

}  // namespace

CK_C_INITIALIZE_ARGS arguments_with_locks() { return {create, destroy, lock, unlock, CKF_OS_LOCKING_OK, nullptr}; }

void unlock_what_is_left() {
    if (held == 0) return;
    locks().unlock_those_of_this_thread();
    held = 0;  // those that others have destroyed too
    was_left_locked = true;
}

bool module_left_locked() { return held > 0 || was_left_locked; }

}  // namespace cardseal::token
