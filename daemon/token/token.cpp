// SPDX-License-Identifier: LGPL-2.1-or-later
// Token: sessions, login, and running operations with its keys.
#include "token/token.hpp"

#include <chrono>
#include <thread>

#include "token/return_values.hpp"
#include "token/token_info.hpp"

namespace cardseal::token {

/// Of CK_TOKEN_INFO.flags.
static constexpr CK_FLAGS tries_warnings = CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY;
/// For so long a card that was pulled may still be there for pcscd, which polls some readers every 400 ms.
static constexpr std::chrono::milliseconds removal_shows_within{1000}, look_again_after{50};

Token::Token(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot, TokenDescription description)
    : functions_(functions),
      slot_(slot),
      description_(std::move(description)),
      id_(token_uri(description_)),
      sessions_(functions, slot),
      contents_(std::make_shared<const TokenContents>(id_, SeenObjects{})) {}

Token::~Token() {
    if (login_session_) (void)functions_.C_CloseSession(*login_session_);
}

CK_RV Token::run(const Key& key, const KeyOperation& operation) {
    const auto result = attempt(key, operation);
    if (may_mean_removal(result)) return is_gone_by_now() ? CKR_DEVICE_REMOVED : result;
    if (result == CKR_OK || describe(result).aftermath != Aftermath::HandlesLost) return result;
    forget_handles();
    if (const auto there = still_there(); there != CKR_OK) return there;
    return attempt(key, operation);
}

bool Token::is_gone() const { return describe(still_there()).aftermath == Aftermath::TokenGone; }

void Token::abandon() {
    sessions_.abandon_all();
    std::lock_guard lock(mutex_);
    login_session_.reset();
}

/// A new session may be with another token that has taken its place.
CK_RV Token::meet(const SessionPool::Ticket& ticket) {
    if (ticket.result != CKR_OK || ticket.origin == SessionPool::Origin::Idle) return ticket.result;
    if (!is_another()) return CKR_OK;
    const LentSession closed(sessions_, ticket.session, ticket.generation);
    return CKR_DEVICE_REMOVED;
}

bool Token::is_another() const {
    CK_TOKEN_INFO info{};
    const std::shared_lock together(undisturbed_);
    return functions_.C_GetTokenInfo(slot_, &info) == CKR_OK && description_of(info) != description_;
}

CK_RV Token::attempt(const Key& key, const KeyOperation& operation) {
    const auto ticket = sessions_.take();
    if (const auto result = meet(ticket); result != CKR_OK) return result;
    LentSession session(sessions_, ticket.session, ticket.generation);
    // No session has outlived the handles we know: the token may have been away.
    if (ticket.origin == SessionPool::Origin::OnlyOne) forget_objects();
    PrivateKeyObject object{};
    if (const auto result = find_object(key, session.handle(), object); result != CKR_OK) return result;
    const auto result = call(operation, session.handle(), object);
    if (result == CKR_OK) session.keep();
    return result;
}

CK_RV Token::call(const KeyOperation& operation, CK_SESSION_HANDLE session, const PrivateKeyObject& object) const {
    if (object.always_authenticate) {
        const std::unique_lock alone(undisturbed_);
        return operation(session, object);
    }
    const std::shared_lock together(undisturbed_);
    return operation(session, object);
}

std::optional<PrivateKeyObject> Token::known_object(const Key& key) {
    std::lock_guard lock(mutex_);
    const auto* object = object_of(objects_, key.type, key.object_id);
    return object ? std::optional(*object) : std::nullopt;
}

CK_RV Token::find_object(const Key& key, CK_SESSION_HANDLE session, PrivateKeyObject& object) {
    auto known = known_object(key);
    if (!known) {
        std::vector<PrivateKeyObject> objects;
        if (const auto result = read_objects(session, objects); result != CKR_OK) return result;
        if (const auto* found = object_of(objects, key.type, key.object_id)) known = *found;
    }
    if (known) {
        object = *known;
        return CKR_OK;
    }
    bool logged_in = false;
    if (const auto result = read_login_state(session, logged_in); result != CKR_OK) return result;
    if (!logged_in && (flags() & CKF_LOGIN_REQUIRED)) return CKR_USER_NOT_LOGGED_IN;
    throw Error(ErrorCode::NoSuchKey, "the token has a certificate for this key but not the key");
}

CK_RV Token::read_objects(CK_SESSION_HANDLE session, std::vector<PrivateKeyObject>& objects) {
    const auto result = find_private_keys(functions_, session, objects);
    if (result != CKR_OK) return result;
    std::lock_guard lock(mutex_);
    objects_ = objects;
    return CKR_OK;
}

CK_RV Token::read_login_state(CK_SESSION_HANDLE session, bool& logged_in) const {
    CK_SESSION_INFO info{};
    const auto result = functions_.C_GetSessionInfo(session, &info);
    logged_in = info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
    return result;
}

void Token::forget_handles() {
    sessions_.discard_all();
    forget_objects();
}

void Token::forget_objects() {
    std::lock_guard lock(mutex_);
    objects_.clear();
}

CK_RV Token::still_there() const {
    // OpenSC looks at its readers only when it is asked for this.
    CK_ULONG count = 0;
    if (const auto result = functions_.C_GetSlotList(CK_TRUE, nullptr, &count); result != CKR_OK) return result;
    CK_FLAGS flags = 0;
    return read_flags(flags);
}

bool Token::is_gone_by_now() const {
    const auto end = std::chrono::steady_clock::now() + removal_shows_within;
    while (still_there() == CKR_OK) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(look_again_after);
    }
    return true;
}

CK_RV Token::read_flags(CK_FLAGS& flags) const {
    CK_TOKEN_INFO info{};
    const std::shared_lock together(undisturbed_);
    const auto result = functions_.C_GetTokenInfo(slot_, &info);
    flags = info.flags;
    // The slot may hold another token by now, with other objects under the same handles, and another PIN.
    return result == CKR_OK && description_of(info) != description_ ? CKR_DEVICE_REMOVED : result;
}

CK_FLAGS Token::flags() {
    CK_FLAGS flags = 0;
    require_ok("cannot ask the token", read_flags(flags));
    std::lock_guard lock(mutex_);
    if ((flags & tries_warnings) != outlived_warnings_) outlived_warnings_ = 0;
    return flags & ~outlived_warnings_;
}

/// A right PIN gives back all tries: what the token still warns of then is not so.
void Token::login_ended(CK_RV result) {
    CK_FLAGS flags = 0;
    if (result == CKR_OK) (void)read_flags(flags);
    std::lock_guard lock(mutex_);
    outlived_warnings_ = flags & tries_warnings;
}

bool Token::offers(CK_MECHANISM_TYPE mechanism, CK_FLAGS use) {
    {
        std::lock_guard lock(mutex_);
        if (const auto known = mechanisms_.find({mechanism, use}); known != mechanisms_.end()) return known->second;
    }
    CK_MECHANISM_INFO info{};
    const bool offered = functions_.C_GetMechanismInfo(slot_, mechanism, &info) == CKR_OK && (info.flags & use);
    std::lock_guard lock(mutex_);
    return mechanisms_.try_emplace({mechanism, use}, offered).first->second;
}

void Token::never_again(CK_MECHANISM_TYPE mechanism, CK_FLAGS use) {
    std::lock_guard lock(mutex_);
    mechanisms_[{mechanism, use}] = false;
}

CK_RV Token::in_session(const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation) {
    const auto result = in_session_once(operation);
    if (result == CKR_OK || describe(result).aftermath != Aftermath::HandlesLost) return result;
    forget_handles();
    return in_session_once(operation);
}

CK_RV Token::in_session_once(const std::function<CK_RV(CK_SESSION_HANDLE session)>& operation) {
    const auto ticket = sessions_.take();
    if (const auto result = meet(ticket); result != CKR_OK) return result;
    LentSession session(sessions_, ticket.session, ticket.generation);
    const std::shared_lock together(undisturbed_);
    const auto result = operation(session.handle());
    if (result == CKR_OK) session.keep();
    return result;
}

void Token::ask(const std::function<CK_RV(CK_SESSION_HANDLE session)>& calls) {
    require_ok("cannot look at the token " + description_.label, in_session(calls));
}

void Token::look() {
    SeenObjects seen;
    bool logged_in = false;
    ask([&](CK_SESSION_HANDLE session) {
        seen = {};
        auto result = read_login_state(session, logged_in);
        if (result == CKR_OK) result = read_objects(session, seen.private_keys);
        if (result == CKR_OK) result = find_certificates(functions_, session, seen.certificates);
        if (result == CKR_OK)
            result = find_public_keys(functions_, session, seen.private_keys, seen.certificates, seen.public_keys);
        return result;
    });
    const auto flags_now = flags();
    seen.keys_may_hide = (flags_now & CKF_LOGIN_REQUIRED) && !logged_in;
    auto contents = std::make_shared<const TokenContents>(id_, std::move(seen));
    std::lock_guard lock(mutex_);
    found_ = token_found(flags_now, logged_in);
    contents_ = std::move(contents);
}

ipc::TokenFound Token::token_found(CK_FLAGS flags, bool logged_in) const {
    return {.id = id_,
            .label = description_.label,
            .manufacturer = description_.manufacturer,
            .model = description_.model,
            .serial = description_.serial,
            .slot = slot_,
            .authentication = authentication_of(flags),
            .pin_state = pin_state_of(flags),
            .logged_in = logged_in};
}

bool Token::has_been_read() {
    std::lock_guard lock(mutex_);
    return found_.has_value();
}

ipc::TokenFound Token::found() {
    std::lock_guard lock(mutex_);
    return found_.value();
}

std::vector<ipc::KeyFound> Token::keys_found() { return contents()->keys_found(); }

std::shared_ptr<const Key> Token::find_key(const KeyId& id) {
    if (auto key = contents()->key(id)) return key;
    throw Error(ErrorCode::NoSuchKey, "no such key on the token " + description_.label + ": " + id.value);
}

std::shared_ptr<const TokenContents> Token::contents() {
    std::lock_guard lock(mutex_);
    return contents_;
}

bool Token::is_logged_in() {
    bool logged_in = false;
    ask([&](CK_SESSION_HANDLE session) { return read_login_state(session, logged_in); });
    return logged_in;
}

namespace {

CK_RV call_login(const CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, CK_USER_TYPE user, const Secret* pin) {
    auto* bytes = pin ? const_cast<uint8_t*>(pin->reveal().data()) : nullptr;
    return functions.C_Login(session, user, bytes, pin ? pin->size() : 0);
}

}  // namespace

CK_RV Token::log_in_for_operation(CK_SESSION_HANDLE session, const Secret* pin) {
    const auto result = call_login(functions_, session, CKU_CONTEXT_SPECIFIC, pin);
    // After a right PIN the operation comes next, and no question of ours in between.
    if (result != CKR_OK) login_ended(result);
    return result;
}

CK_RV Token::log_in(const Secret* pin) {
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    if (const auto result = functions_.C_OpenSession(slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &session);
        result != CKR_OK)
        return result;
    // While a person typed, another token may have taken its place: the PIN is not for that one.
    if (is_another()) {
        (void)functions_.C_CloseSession(session);
        return CKR_DEVICE_REMOVED;
    }
    const auto result = call_login(functions_, session, CKU_USER, pin);
    login_ended(result);
    if (result != CKR_OK && result != CKR_USER_ALREADY_LOGGED_IN) {
        (void)functions_.C_CloseSession(session);
        return result;
    }
    std::optional<CK_SESSION_HANDLE> old = session;
    {
        std::lock_guard lock(mutex_);
        std::swap(login_session_, old);
    }
    // A handle that is given anew was lost meanwhile.
    if (old && *old != session) (void)functions_.C_CloseSession(*old);
    return CKR_OK;
}

void Token::log_out() {
    const auto ticket = sessions_.take();
    require_ok("cannot log out", meet(ticket));
    {
        LentSession session(sessions_, ticket.session, ticket.generation);
        const auto result = functions_.C_Logout(session.handle());
        if (result != CKR_USER_NOT_LOGGED_IN) require_ok("cannot log out", result);
    }
    forget_handles();
    std::optional<CK_SESSION_HANDLE> old;
    {
        std::lock_guard lock(mutex_);
        std::swap(login_session_, old);
    }
    if (old) (void)functions_.C_CloseSession(*old);
}

}  // namespace cardseal::token
