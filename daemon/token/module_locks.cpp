// SPDX-License-Identifier: LGPL-2.1-or-later
// The locks that a module is offered at C_Initialize.
#include "token/module_locks.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

namespace cardseal::token {

namespace {

/// How many locks this thread has. PKCS#11 hands these functions nothing but the lock, hence no object holds it.
thread_local int held = 0;

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

CK_RV create(void** lock) {
    *lock = new (std::nothrow) ModuleLock;
    return *lock ? CKR_OK : CKR_HOST_MEMORY;
}

CK_RV destroy(void* lock) {
    std::unique_ptr<ModuleLock>(static_cast<ModuleLock*>(lock)).reset();
    return CKR_OK;
}

CK_RV lock(void* lock) {
    static_cast<ModuleLock*>(lock)->lock();
    return CKR_OK;
}

CK_RV unlock(void* lock) { return static_cast<ModuleLock*>(lock)->unlock() ? CKR_OK : CKR_MUTEX_NOT_LOCKED; }

}  // namespace

CK_C_INITIALIZE_ARGS arguments_with_locks() { return {create, destroy, lock, unlock, CKF_OS_LOCKING_OK, nullptr}; }

bool module_left_locked() { return held > 0; }

}  // namespace cardseal::token
