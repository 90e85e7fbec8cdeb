// SPDX-License-Identifier: LGPL-2.1-or-later
// SessionPool: the sessions with one token, each lent to one operation at a time.
#pragma once

#include <p11-kit/pkcs11.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace cardseal::token {

class SessionPool;

/// A session for one operation. It goes back to the pool only if `keep()` was called; otherwise it is closed, because
/// after an error nobody knows what it holds.
class LentSession {
public:
    LentSession(SessionPool& pool, CK_SESSION_HANDLE session, CK_ULONG generation)
        : pool_(pool), session_(session), generation_(generation) {}
    LentSession(const LentSession&) = delete;
    LentSession& operator=(const LentSession&) = delete;
    ~LentSession();

    CK_SESSION_HANDLE handle() const { return session_; }
    void keep() { keep_ = true; }

private:
    SessionPool& pool_;
    CK_SESSION_HANDLE session_;
    CK_ULONG generation_;
    bool keep_ = false;
};

/// Safe for several threads.
class SessionPool {
public:
    SessionPool(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot) : functions_(functions), slot_(slot) {}
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;
    ~SessionPool();

    /// OnlyOne: new, and none of the others is open.
    enum class Origin { Idle, New, OnlyOne };
    struct Ticket {
        CK_RV result;
        CK_SESSION_HANDLE session;
        CK_ULONG generation;
        Origin origin = Origin::Idle;
    };
    /// An idle session or a new one; when the token has no more to give, waits until one comes back. Pass the ticket
    /// to a LentSession if its result is CKR_OK.
    Ticket take();

    /// Closes the idle sessions, and those that are lent when they come back.
    void discard_all();
    /// The token is gone and all sessions with it (PKCS#11 v2.40 §5.6): none is closed any more, for the module may
    /// give their handles to others.
    void abandon_all();

private:
    friend class LentSession;
    bool is_abandoned();
    void give_back(CK_SESSION_HANDLE session, CK_ULONG generation, bool keep);

    const CK_FUNCTION_LIST& functions_;
    CK_SLOT_ID slot_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<CK_SESSION_HANDLE> idle_;
    size_t lent_ = 0;
    bool abandoned_ = false;
    CK_ULONG generation_ = 0;
};

}  // namespace cardseal::token
