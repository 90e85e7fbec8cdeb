// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenModule: one PKCS#11 module: its process, started again when it fails, and what was last seen on its tokens.
#pragma once

#include "broker/back_off.hpp"
#include "broker/configuration.hpp"
#include "broker/token_worker.hpp"

namespace cardseal::broker {

/// What a module tells.
struct ModuleEvents {
    /// Its tokens, their keys or what is known of them.
    Action changed = [] {};
    /// The token was taken out; not told when the module fails.
    std::function<void(const ipc::TokenFound& token)> removed = [](const ipc::TokenFound&) {};
};

class TokenModule {
public:
    TokenModule(EventLoop& loop, std::string program, ModuleSetup setup, const TokenDeadlines& deadlines,
                ModuleEvents events = {});
    TokenModule(const TokenModule&) = delete;
    TokenModule& operator=(const TokenModule&) = delete;

    const std::string& path() const { return setup_.path; }
    /// Why it does not run; empty while it runs.
    const std::string& failure() const { return failure_; }
    const Listing& listing() const { return listing_; }
    const ipc::TokenFound* find(const TokenId& token) const;
    /// Keys that are on its token or may show after login.
    uint32_t key_count(const ipc::TokenFound& token) const;

    /// ModuleFailed while it does not run.
    TokenWorker& worker();

    /// Looks at the tokens again if the last look began longer than `age` ago; `done` is told in any case, at once if
    /// there is nothing to wait for. A worker that is replaced at once is waited for.
    void refresh(Milliseconds age, Action done);
    /// Logs out of the token; `done` is told in any case. A worker that cannot do it is replaced: its logins end with
    /// it.
    void log_out(const TokenId& token, Action done);
    void set_logged_in(const TokenId& token, bool logged_in);
    /// After an operation failed: what that says of the token's login holds at once, the rest with another look.
    void look_again(const TokenId& token, ErrorCode why);

private:
    using Clock = std::chrono::steady_clock;

    void start();
    void begin_listing();
    void listed(Outcome<Listing> outcome);
    void adopt(Listing listing);
    bool was_removed(const ipc::TokenFound& token) const;
    void tell_of_look();
    void failed(const Error& why);

    EventLoop& loop_;
    std::string program_;
    ModuleSetup setup_;
    TokenDeadlines deadlines_;
    ModuleEvents events_;
    std::unique_ptr<TokenWorker> worker_, failed_worker_;
    std::string failure_;
    Listing listing_;
    BackOff back_off_;
    Watch restart_;
    std::optional<Clock::time_point> listed_at_;
    bool listing_now_ = false, restarts_at_once_ = false;
    bool has_served_ = false;  ///< this process has listed its tokens
    std::vector<Action> told_after_this_, told_after_next_;
};

}  // namespace cardseal::broker
