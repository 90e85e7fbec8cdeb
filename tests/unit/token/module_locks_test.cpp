// SPDX-License-Identifier: LGPL-2.1-or-later
// The locks that a module is offered.
#include "token/module_locks.hpp"

#include <thread>

#include "catch.hpp"
#include "token/module_calls.hpp"

using namespace cardseal::token;

namespace {

/// A module with one lock.
struct LockUser {
    LockUser() { REQUIRE(arguments.CreateMutex(&lock) == CKR_OK); }
    LockUser(const LockUser&) = delete;
    LockUser& operator=(const LockUser&) = delete;
    ~LockUser() { arguments.DestroyMutex(lock); }
    CK_RV lock_it() const { return arguments.LockMutex(lock); }
    CK_RV unlock_it() const { return arguments.UnlockMutex(lock); }

    CK_C_INITIALIZE_ARGS arguments = arguments_with_locks();
    void* lock = nullptr;
};

LockUser& card() {
    static LockUser user;
    return user;
}

/// As OpenSC 0.23 when the card is pulled.
CK_RV forgetful(CK_BBOOL, CK_SLOT_ID*, CK_ULONG*) {
    card().lock_it();
    card().lock_it();
    return CKR_DEVICE_REMOVED;
}

}  // namespace

TEST_CASE("module locks: the system's may be used instead") {
    CHECK((arguments_with_locks().flags & CKF_OS_LOCKING_OK) != 0);
}

TEST_CASE("module locks: one lets in one thread at a time") {
    const LockUser user;
    int counter = 0;
    const auto count = [&] {
        for (int i = 0; i < 10'000; ++i) {
            user.lock_it();
            ++counter;
            user.unlock_it();
        }
    };

    { const std::jthread first(count), second(count); }

    CHECK(counter == 20'000);
    CHECK_FALSE(module_left_locked());
}

TEST_CASE("module locks: a thread that locks twice goes on, and is told to have left a lock") {
    const LockUser user;
    REQUIRE(user.lock_it() == CKR_OK);
    REQUIRE(user.lock_it() == CKR_OK);
    CHECK(module_left_locked());

    CHECK(user.unlock_it() == CKR_OK);
    CHECK(module_left_locked());
    CHECK(user.unlock_it() == CKR_OK);
    CHECK_FALSE(module_left_locked());
    CHECK(user.unlock_it() == CKR_MUTEX_NOT_LOCKED);
}

TEST_CASE("module locks: who has not locked cannot unlock") {
    const LockUser user;
    REQUIRE(user.lock_it() == CKR_OK);

    std::jthread([&] {
        CHECK(user.unlock_it() == CKR_MUTEX_NOT_LOCKED);
        CHECK_FALSE(module_left_locked());
    }).join();

    CHECK(user.unlock_it() == CKR_OK);
}

TEST_CASE("module locks: a lock that is destroyed while it is held is held no more") {
    {
        const LockUser user;
        user.lock_it();
        user.lock_it();
        REQUIRE(module_left_locked());
    }
    CHECK_FALSE(module_left_locked());
}

TEST_CASE("module calls: what a call has left locked is unlocked when it returns, and told") {
    CK_FUNCTION_LIST functions{};
    functions.C_GetSlotList = forgetful;
    const auto calls = unlocking_calls(functions);
    CHECK(calls.C_Sign == nullptr);

    std::jthread([&] {
        CHECK(calls.C_GetSlotList(CK_TRUE, nullptr, nullptr) == CKR_DEVICE_REMOVED);
        CHECK(module_left_locked());
        std::jthread([] {
            CHECK(card().lock_it() == CKR_OK);
            CHECK(card().unlock_it() == CKR_OK);
            CHECK_FALSE(module_left_locked());
        }).join();
    }).join();
}

TEST_CASE("module calls: a lock that another thread has destroyed meanwhile is not touched") {
    std::jthread([] {
        {
            const LockUser destroyed_elsewhere;
            destroyed_elsewhere.lock_it();
            std::jthread([&] { destroyed_elsewhere.arguments.DestroyMutex(destroyed_elsewhere.lock); }).join();
            unlock_what_is_left();
        }
        CHECK(module_left_locked());
    }).join();
}
