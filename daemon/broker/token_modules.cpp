// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenModules: all PKCS#11 modules, and the keys on their present tokens.
#include "broker/token_modules.hpp"

namespace cardseal::broker {

namespace {

/// Tells `done` once everything that is awaited has answered. Owned by the answers.
class Countdown {
public:
    explicit Countdown(Action done) : done_(std::move(done)) {}
    void await() { ++awaited_; }
    void answered() {
        if (--awaited_ == 0) done_();
    }

private:
    Action done_;
    size_t awaited_ = 1;  // who sets it up counts too
};

}  // namespace

TokenModules::TokenModules(EventLoop& loop, const std::string& program, const std::vector<ModuleSetup>& modules,
                           const TokenDeadlines& deadlines) {
    for (const auto& setup : modules)
        modules_.push_back(std::make_unique<TokenModule>(loop, program, setup, deadlines, events()));
}

ModuleEvents TokenModules::events() {
    return {.changed =
                [this] {
                    for (const auto& told : changed_) told();
                },
            .removed =
                [this](const ipc::TokenFound& token) {
                    for (const auto& told : removed_) told(token);
                }};
}

void TokenModules::refresh(Milliseconds age, const Action& done) {
    const auto countdown = std::make_shared<Countdown>(done);
    for (const auto& module : modules_) {
        countdown->await();
        module->refresh(age, [countdown] { countdown->answered(); });
    }
    countdown->answered();
}

std::vector<PresentKey> TokenModules::keys() const {
    std::vector<PresentKey> keys;
    for (const auto& module : modules_)
        for (const auto& key : module->listing().keys)
            if (const auto* token = module->find(key.reference.token)) keys.push_back({token, &key});
    return keys;
}

std::vector<const ipc::TokenFound*> TokenModules::tokens() const {
    std::vector<const ipc::TokenFound*> tokens;
    for (const auto& module : modules_)
        for (const auto& token : module->listing().tokens) tokens.push_back(&token);
    return tokens;
}

const ipc::TokenFound* TokenModules::find_token(const TokenId& token) const {
    for (const auto& module : modules_)
        if (const auto* found = module->find(token)) return found;
    return nullptr;
}

std::optional<PresentKey> TokenModules::find_key(const KeyReference& reference) const {
    for (const auto& key : keys())
        if (key.key->reference == reference) return key;
    return std::nullopt;
}

TokenModule& TokenModules::module_of(const TokenId& token) const {
    for (const auto& module : modules_)
        if (module->find(token)) return *module;
    throw Error(ErrorCode::TokenRemoved, "the token is not there any more");
}

void TokenModules::look_again(const TokenId& token, ErrorCode why) const {
    for (const auto& module : modules_)
        if (module->find(token)) module->look_again(token, why);
}

void TokenModules::log_out(const Action& done) {
    const auto countdown = std::make_shared<Countdown>(done);
    for (const auto* token : tokens()) {
        countdown->await();
        log_out(TokenId(token->id), [countdown] { countdown->answered(); });
    }
    countdown->answered();
}

void TokenModules::log_out(const TokenId& token, const Action& done) {
    const auto* present = find_token(token);
    if (!present || !present->logged_in) return done();
    module_of(token).log_out(token, done);
}

}  // namespace cardseal::broker
