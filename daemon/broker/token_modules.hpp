// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenModules: all PKCS#11 modules, and the keys on their present tokens.
#pragma once

#include "broker/key_selection.hpp"
#include "broker/token_module.hpp"

namespace cardseal::broker {

class TokenModules {
public:
    TokenModules(EventLoop& loop, const std::string& program, const std::vector<ModuleSetup>& modules,
                 const TokenDeadlines& deadlines = {});

    const std::vector<std::unique_ptr<TokenModule>>& all() const { return modules_; }

    /// Told whenever the tokens, the keys or what is known of them have changed. Who asks must live as long as the loop
    /// runs.
    void when_changed(Action told) { changed_.push_back(std::move(told)); }
    /// Told of each token that was taken out.
    using Removed = std::function<void(const ipc::TokenFound& token)>;
    void when_removed(Removed told) { removed_.push_back(std::move(told)); }

    /// Looks at each module's tokens again as TokenModule::refresh does.
    void refresh(Milliseconds age, const Action& done);

    /// Valid until the loop runs again.
    std::vector<PresentKey> keys() const;
    std::vector<const ipc::TokenFound*> tokens() const;

    const ipc::TokenFound* find_token(const TokenId& token) const;
    std::optional<PresentKey> find_key(const KeyReference& reference) const;
    /// TokenRemoved if the token is not there any more.
    TokenModule& module_of(const TokenId& token) const;

    /// After an operation on it that may have changed what is known of it; None: it went well.
    void look_again(const TokenId& token, ErrorCode why) const;

    /// Logs out of every token, or of one; `done` is told when all have answered.
    void log_out(const Action& done);
    void log_out(const TokenId& token, const Action& done);

private:
    ModuleEvents events();

    std::vector<Action> changed_;
    std::vector<Removed> removed_;
    std::vector<std::unique_ptr<TokenModule>> modules_;
};

}  // namespace cardseal::broker
