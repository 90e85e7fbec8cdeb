// SPDX-License-Identifier: LGPL-2.1-or-later
// Job: what it asks of a person: PINs, consent, patience.
#include "broker/job.hpp"
#include "broker/prompt_text.hpp"

namespace cardseal::broker {

namespace {

/// After which a person wonders what the token is doing.
constexpr Milliseconds a_moment{1'500};

Error token_removed() { return Error(ErrorCode::TokenRemoved, "the token was removed"); }

std::string asks_at_each_use(const ipc::KeyFound& key) {
    return "the key " + key.reference.key.value + " asks for the PIN at each use";
}

std::string wants_each_use_confirmed(const ipc::KeyFound& key) {
    return "each use of the key " + key.reference.key.value + " is to be confirmed";
}

}  // namespace

void Job::make_ready(const TokenId& token, const std::string& purpose, Action ready) {
    const auto* present = services_.modules.find_token(token);
    if (!present) throw token_removed();
    needed_.insert({token, {}});
    if (is_open(*present)) return ready();
    const auto describe = [this, token, purpose](const CallerIdentity& caller) {
        const auto* asked = services_.modules.find_token(token);
        if (!asked) throw token_removed();
        return prompt_text(caller, purpose, *asked);
    };
    ask_for_pin(*present, describe, std::move(ready));
}

void Job::make_ready(const KeyReference& key, const std::string& purpose, Action ready) {
    audited_key_ = key.key.value;
    const auto present = services_.modules.find_key(key);
    if (!present) throw token_removed();
    needed_.insert(key);
    if (is_open(*present->token)) {
        if (!present->key->has_private_key)
            throw Error(ErrorCode::NoSuchKey, "the private key of " + key.key.value + " is not on its token");
        if (wants_fresh_pin(*present)) return ask_afresh(*present, purpose, std::move(ready));
        // Told now, not when the work is half done.
        if (present->key->always_authenticate) require_interaction(asks_at_each_use(*present->key));
        if (wants_consent(*present)) require_interaction(wants_each_use_confirmed(*present->key));
        return ready();
    }
    const auto describe = [this, key, purpose](const CallerIdentity& caller) {
        const auto asked = services_.modules.find_key(key);
        if (!asked) throw token_removed();
        return prompt_text(caller, purpose, *asked);
    };
    ask_for_pin(*present->token, describe, [this, key, purpose, ready] { make_ready(key, purpose, ready); });
}

void Job::identify_for_person(Callers::Told told) {
    services_.callers.identify(owner_.caller, step([this, told = std::move(told)](CallerIdentity caller) {
                                   caller.on_behalf_of = owner_.prompt.on_behalf_of;
                                   told(caller);
                               }));
}

void Job::require_interaction(const std::string& what) const {
    if (owner_.prompt.interaction == Interaction::None) throw Error(ErrorCode::InteractionRequired, what);
}

void Job::authorize(const KeyReference& key, const std::string& purpose, std::function<void(Turn)> use) {
    const auto present = services_.modules.find_key(key);
    if (!present) throw token_removed();
    if (!present->key->always_authenticate) {
        const auto go_on = [this, key, purpose, use = std::move(use)] {
            tell_if_slow(key, purpose);
            use({});
        };
        return wants_consent(*present) ? ask_for_consent(key, purpose, go_on) : go_on();
    }
    require_interaction(asks_at_each_use(*present->key));
    state_ = JobState::Waiting;
    const auto begin = step([use = std::move(use)](Outcome<Turn> turn) {
        if (const auto* error = error_of(turn)) throw Error(*error);
        use(std::get<Turn>(std::move(turn)));
    });
    identify_for_person([this, key, purpose, begin](const CallerIdentity& caller) {
        const auto asked = services_.modules.find_key(key);
        if (!asked) throw token_removed();
        ticket_ =
            services_.prompts.take_turn(prompt_request(key.token, prompt_text_for_use(caller, purpose, *asked)), begin);
    });
}

/// A key that asks for its PIN at each use has asked enough.
bool Job::wants_consent(const PresentKey& key) const {
    return policy_of(services_.policies, key).consent == Consent::Confirm && !key.key->always_authenticate;
}

void Job::ask_for_consent(const KeyReference& key, const std::string& purpose, Action go_on) {
    const auto present = services_.modules.find_key(key);
    if (!present) throw token_removed();
    require_interaction(wants_each_use_confirmed(*present->key));
    state_ = JobState::Waiting;
    const auto told = step([this, go_on = std::move(go_on)](const std::optional<Error>& failure) {
        if (failure) throw Error(*failure);
        ticket_ = PromptTicket();  // its turn is over
        go_on();
    });
    identify_for_person([this, key, purpose, told](const CallerIdentity& caller) {
        const auto asked = services_.modules.find_key(key);
        if (!asked) throw token_removed();
        ticket_ =
            services_.prompts.confirm(prompt_request(key.token, confirmation_text(caller, purpose, *asked)), told);
    });
}

bool Job::wants_fresh_pin(const PresentKey& key) const {
    const auto policy = policy_of(services_.policies, key);
    return policy.consent == Consent::Timed && key.token->logged_in &&
           !services_.logins.is_recent(key.token->id, policy.time);
}

void Job::ask_afresh(const PresentKey& key, const std::string& purpose, Action ready) {
    require_interaction("the PIN of the token '" + key.token->label + "' was typed too long ago for this key");
    const auto again = [this, reference = key.key->reference, purpose, ready = std::move(ready)] {
        make_ready(reference, purpose, ready);
    };
    services_.modules.log_out(TokenId(key.token->id), step(again));
}

void Job::renew_pin(const TokenId& token, PinRenewal renewal, Action renewed) {
    require_interaction("a new PIN can only be typed by a person");
    const auto told = step([this, renewed = std::move(renewed)](const std::optional<Error>& failure) {
        ticket_ = PromptTicket();
        // The token may be logged out now, and has other tries left.
        services_.modules.refresh(Milliseconds(0), step([failure, renewed] {
                                      if (failure) throw Error(*failure);
                                      renewed();
                                  }));
    });
    identify_for_person([this, token, renewal, told](const CallerIdentity& caller) {
        const auto* present = services_.modules.find_token(token);
        if (!present) throw token_removed();
        ticket_ =
            services_.prompts.renew_pin(prompt_request(token, renewal_text(caller, renewal, *present)), renewal, told);
    });
}

void Job::tell_if_slow(const KeyReference& key, const std::string& purpose) {
    if (owner_.prompt.interaction == Interaction::None) return;
    const auto show = [this, key, purpose](const CallerIdentity& caller) {
        const auto present = services_.modules.find_key(key);
        if (!present || !slow_) return;  // it has just ended
        ticket_ = services_.prompts.show_notice(prompt_request(key.token, waiting_text(caller, purpose, *present)));
    };
    slow_ = services_.loop.after(a_moment, step([this, show] { identify_for_person(show); }));
}

void Job::ask_for_pin(const ipc::TokenFound& token, Describe describe, Action ready) {
    require_interaction("the token '" + token.label + "' needs its PIN");
    state_ = JobState::Waiting;
    identify_for_person(
        [this, id = token.id, describe, ready](const CallerIdentity& caller) { log_in(id, describe(caller), ready); });
}

void Job::log_in(const TokenId& token, const std::string& description, const Action& ready) {
    const auto logged_in = [this, token, ready](const std::optional<Error>& failure) {
        if (failure) throw Error(*failure);
        // A token that is logged out again at once would be asked for without end.
        const auto* present = services_.modules.find_token(token);
        if (present && !is_open(*present)) throw Error(ErrorCode::TokenRemoved, "the token did not stay logged in");
        ready();
    };
    ticket_ = services_.prompts.log_in(prompt_request(token, description), step(logged_in));
}

PromptRequest Job::prompt_request(const TokenId& token, std::string description) const {
    return {.token = token,
            .description = std::move(description),
            .pinentry_options = pinentry_options(owner_.prompt),
            .display = owner_.prompt.display};
}

}  // namespace cardseal::broker
