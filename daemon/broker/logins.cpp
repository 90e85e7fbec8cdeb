// SPDX-License-Identifier: LGPL-2.1-or-later
// Logins: how long tokens stay logged in, and what logs them out.
#include "broker/logins.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace cardseal::broker {

void Logins::began(const TokenId& token) {
    const auto now = Clock::now();
    auto& login = logins_[token];
    login.began = login.used = now;
    arm();
}

Logins::Use Logins::use(const TokenId& token) {
    const auto login = logins_.find(token);
    if (login == logins_.end()) return {};
    ++login->second.uses;
    return {this, [token](Logins* logins) { logins->use_ended(token); }};
}

void Logins::use_ended(const TokenId& token) {
    const auto login = logins_.find(token);
    // A login that began while the operation ran knows nothing of it.
    if (login == logins_.end() || login->second.uses == 0) return;
    --login->second.uses;
    login->second.used = Clock::now();
    arm();
}

bool Logins::is_recent(const TokenId& token, Milliseconds time) const {
    const auto login = logins_.find(token);
    return login != logins_.end() && Clock::now() - login->second.began < time;
}

/// Nothing if it has no limit, or may not be ended now.
std::optional<Logins::Clock::time_point> Logins::due(const Login& login) const {
    if (login.uses > 0) return std::nullopt;
    std::optional<Clock::time_point> first;
    if (setup_.idle) first = login.used + *setup_.idle;
    if (setup_.age) first = std::min(first.value_or(Clock::time_point::max()), login.began + *setup_.age);
    return first;
}

void Logins::arm() {
    std::optional<Clock::time_point> first;
    for (const auto& [token, login] : logins_)
        if (const auto each = due(login); each && (!first || *each < *first)) first = each;
    timer_.reset();
    if (!first) return;
    const auto delay = std::chrono::ceil<Milliseconds>(*first - Clock::now());
    timer_ = loop_.after(std::max(delay, Milliseconds(0)), [this] { check(); });
}

void Logins::check() {
    const auto now = Clock::now();
    for (auto each = logins_.begin(); each != logins_.end();) {
        const auto [token, login] = *each;
        const auto end = due(login);
        if (!end || *end > now) {
            ++each;
            continue;
        }
        each = logins_.erase(each);
        log_out(token, login);
    }
    arm();
}

void Logins::log_out(const TokenId& token, const Login& login) {
    const auto* present = modules_.find_token(token);
    if (!present || !present->logged_in) return;
    const bool old = setup_.age && Clock::now() - login.began >= *setup_.age;
    log(Severity::Info, "logging out of the token '" + present->label +
                            "': " + (old ? "its PIN was typed long ago" : "nobody has used it for a while"));
    modules_.log_out(token, [] {});
}

void Logins::log_out_all(const std::string& why, const Action& done) {
    log(Severity::Info, "logging out of every token: " + why);
    logins_.clear();
    timer_.reset();
    modules_.log_out(done);
}

}  // namespace cardseal::broker
