// SPDX-License-Identifier: LGPL-2.1-or-later
// Logins: how long tokens stay logged in, and what logs them out.
#pragma once

#include "broker/configuration.hpp"
#include "broker/token_modules.hpp"

namespace cardseal::broker {

/// A token is logged out when nobody has used it for a while, when the login is old, and when told to; never in the
/// middle of an operation, but for log_out_all.
class Logins {
public:
    Logins(EventLoop& loop, TokenModules& modules, const LogoutSetup& setup)
        : loop_(loop), modules_(modules), setup_(setup) {}
    Logins(const Logins&) = delete;
    Logins& operator=(const Logins&) = delete;

    /// A person has just proved themselves to the token.
    void began(const TokenId& token);
    /// A private-key operation begins, and has ended when the last copy is gone.
    using Use = std::shared_ptr<const void>;
    [[nodiscard]] Use use(const TokenId& token);

    /// Did a person prove themselves to the token within this time?
    bool is_recent(const TokenId& token, Milliseconds time) const;

    /// Logs out of every token; `done` is told when all have answered. `why`: for the log.
    void log_out_all(const std::string& why, const Action& done);

private:
    using Clock = std::chrono::steady_clock;
    struct Login {
        Clock::time_point began, used;
        unsigned uses = 0;  ///< running now
    };

    void use_ended(const TokenId& token);
    std::optional<Clock::time_point> due(const Login& login) const;
    void check();
    void arm();
    void log_out(const TokenId& token, const Login& login);

    EventLoop& loop_;
    TokenModules& modules_;
    LogoutSetup setup_;
    std::map<TokenId, Login> logins_;
    Watch timer_;
};

}  // namespace cardseal::broker
