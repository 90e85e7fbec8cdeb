// SPDX-License-Identifier: LGPL-2.1-or-later
// SessionPool: the sessions with one token, each lent to one operation at a time.
#include "token/sessions.hpp"

#include <utility>

namespace cardseal::token {

LentSession::~LentSession() { pool_.give_back(session_, generation_, keep_); }

SessionPool::~SessionPool() { discard_all(); }

SessionPool::Ticket SessionPool::take() {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (!idle_.empty()) {
            const auto session = idle_.back();
            idle_.pop_back();
            ++lent_;
            return {CKR_OK, session, generation_};
        }
        ++lent_;
        const auto generation = generation_;
        lock.unlock();
        // Not under the lock: a slow reader must not stop those who give sessions back.
        CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
        const auto result = functions_.C_OpenSession(slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &session);
        lock.lock();
        if (result == CKR_OK) {
            // A handle that is given anew was lost meanwhile.
            std::erase(idle_, session);
            return {CKR_OK, session, generation, lent_ == 1 && idle_.empty() ? Origin::OnlyOne : Origin::New};
        }
        --lent_;
        if (result != CKR_SESSION_COUNT || (lent_ == 0 && idle_.empty())) {
            // Who waits for us to give something back must not wait for nothing.
            returned_.notify_one();
            return {result, CK_INVALID_HANDLE, 0};
        }
        if (idle_.empty()) returned_.wait(lock);
    }
}

void SessionPool::give_back(CK_SESSION_HANDLE session, CK_ULONG generation, bool keep) {
    {
        std::lock_guard lock(mutex_);
        keep = keep && generation == generation_;
        if (keep) {
            idle_.push_back(session);
            --lent_;
        }
    }
    if (!keep) {
        // A failure to close says only that it is gone already.
        if (!is_abandoned()) (void)functions_.C_CloseSession(session);
        std::lock_guard lock(mutex_);
        --lent_;
    }
    returned_.notify_one();
}

bool SessionPool::is_abandoned() {
    std::lock_guard lock(mutex_);
    return abandoned_;
}

void SessionPool::abandon_all() {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
    idle_.clear();
    ++generation_;
}

void SessionPool::discard_all() {
    std::vector<CK_SESSION_HANDLE> sessions;
    {
        std::lock_guard lock(mutex_);
        sessions = std::exchange(idle_, {});
        ++generation_;
    }
    for (auto session : sessions) (void)functions_.C_CloseSession(session);
}

}  // namespace cardseal::token
