// SPDX-License-Identifier: LGPL-2.1-or-later
// Token: one token that is present, its sessions, its login and its keys.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>

#include "base/secret.hpp"
#include "token/sessions.hpp"
#include "token/token_contents.hpp"
#include "token/token_text.hpp"

namespace cardseal::token {

/// Is asked to do the PKCS#11 calls of one operation. On anything but CKR_OK the session is closed.
using KeyOperation = std::function<CK_RV(CK_SESSION_HANDLE session, const PrivateKeyObject& key)>;

/// Safe for several threads, but for `look` and `log_in`: one at a time each.
class Token {
public:
    Token(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot, TokenDescription description);
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    ~Token();

    const TokenId& id() const { return id_; }
    CK_SLOT_ID slot() const { return slot_; }
    const TokenDescription& description() const { return description_; }
    const CK_FUNCTION_LIST& functions() const { return functions_; }

    /// Reads keys and certificates again. Error if the token does not let us.
    void look();
    /// Has it been read since it is present?
    bool has_been_read();
    /// As the last look found them.
    ipc::TokenFound found();
    std::vector<ipc::KeyFound> keys_found();

    /// NoSuchKey if no certificate on this token has it, and no key without one. Its owners: this token and the
    /// operations that use it.
    std::shared_ptr<const Key> find_key(const KeyId& id);

    /// Runs a private-key operation in a session of its own. If handles turn out to be stale, all are thrown away, the
    /// key is looked for again and the operation runs once more, without a login (a login would spend a PIN try that
    /// nobody typed). CKR_DEVICE_REMOVED also if the module says less but the token has gone. NoSuchKey if the token
    /// has no private key for the certificate. With a key that wants its PIN for each use, nothing else is asked of the
    /// token meanwhile: cards forget such a PIN at the next command.
    CK_RV run(const Key& key, const KeyOperation& operation);

    /// Does the token offer the mechanism for this (CKF_SIGN, CKF_DECRYPT, CKF_DERIVE)? Asked once.
    bool offers(CK_MECHANISM_TYPE mechanism, CK_FLAGS use);
    /// The token refused it although it offers it.
    void never_again(CK_MECHANISM_TYPE mechanism, CK_FLAGS use);

    /// CK_TOKEN_INFO.flags as they are now, but for a warning of few tries left that has outlived a good login (OpenSC
    /// 0.23 with a PIV card). Error if the token does not answer.
    CK_FLAGS flags();
    /// While it is held, nobody is in the middle of a use of a key that wants its PIN for each.
    [[nodiscard]] std::shared_lock<std::shared_mutex> between_uses() const { return std::shared_lock(undisturbed_); }
    bool is_logged_in();
    /// `pin` null: at the reader's pin pad. A login holds as long as a session does, so one is kept for that alone.
    CK_RV log_in(const Secret* pin);
    /// For the one operation that has been begun in this session (CKU_CONTEXT_SPECIFIC, PKCS#11 §5.6 C_Login).
    CK_RV log_in_for_operation(CK_SESSION_HANDLE session, const Secret* pin);
    void log_out();
    /// Does the module say that it is not in its slot?
    bool is_gone() const;
    /// It was pulled, or is in another slot: none of its sessions is touched any more.
    void abandon();

private:
    CK_RV meet(const SessionPool::Ticket& ticket);
    /// Is another token in the slot?
    bool is_another() const;
    CK_RV attempt(const Key& key, const KeyOperation& operation);
    CK_RV call(const KeyOperation& operation, CK_SESSION_HANDLE session, const PrivateKeyObject& object) const;
    CK_RV find_object(const Key& key, CK_SESSION_HANDLE session, PrivateKeyObject& object);
    std::optional<PrivateKeyObject> known_object(const Key& key);
    CK_RV read_login_state(CK_SESSION_HANDLE session, bool& logged_in) const;
    /// All of them, which are remembered; others may forget them meanwhile.
    CK_RV read_objects(CK_SESSION_HANDLE session, std::vector<PrivateKeyObject>& objects);
    /// In a session from the pool; once more if handles turn out to be stale.
    CK_RV in_session(const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation);
    CK_RV in_session_once(const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation);
    void ask(const std::function<CK_RV(CK_SESSION_HANDLE session)>& calls);
    void forget_handles();
    void forget_objects();
    CK_RV read_flags(CK_FLAGS& flags) const;
    void login_ended(CK_RV result);
    CK_RV still_there() const;
    bool is_gone_by_now() const;
    ipc::TokenFound token_found(CK_FLAGS flags, bool logged_in) const;
    std::shared_ptr<const TokenContents> contents();

    const CK_FUNCTION_LIST& functions_;
    const CK_SLOT_ID slot_;
    const TokenDescription description_;
    const TokenId id_;
    SessionPool sessions_;
    /// Owned alone by who uses a key that wants its PIN for each use.
    mutable std::shared_mutex undisturbed_;

    std::mutex mutex_;  ///< guards all below; never held during a call of the module
    std::vector<PrivateKeyObject> objects_;
    std::shared_ptr<const TokenContents> contents_;
    std::optional<ipc::TokenFound> found_;
    std::map<std::pair<CK_MECHANISM_TYPE, CK_FLAGS>, bool> mechanisms_;
    std::optional<CK_SESSION_HANDLE> login_session_;
    CK_FLAGS outlived_warnings_ = 0;  ///< of few tries left, still there after the last good login
};

}  // namespace cardseal::token
