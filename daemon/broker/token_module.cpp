// SPDX-License-Identifier: LGPL-2.1-or-later
// TokenModule: one PKCS#11 module: its process, started again when it fails, and what was last seen on its tokens.
#include "broker/token_module.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "broker/key_selection.hpp"

namespace cardseal::broker {

namespace {

/// What every module may see of our environment.
constexpr auto passed_on = std::to_array<std::string_view>(
    {"PATH", "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "P11_KIT_DEBUG",
     "P11_KIT_STRICT", "PCSCLITE_CSOCK_NAME", "JOURNAL_STREAM"});

std::vector<std::string> module_environment(const ModuleSetup& setup) {
    auto environment = sandbox::environment_of(passed_on);
    for (const auto& entry : setup.environment) {
        const auto name = entry.substr(0, entry.find('=') + 1);
        std::erase_if(environment, [&](const std::string& other) { return other.starts_with(name); });
        environment.push_back(entry);
    }
    return environment;
}

}  // namespace

TokenModule::TokenModule(EventLoop& loop, std::string program, ModuleSetup setup, const TokenDeadlines& deadlines,
                         ModuleEvents events)
    : loop_(loop),
      program_(std::move(program)),
      setup_(std::move(setup)),
      deadlines_(deadlines),
      events_(std::move(events)) {
    start();
}

const ipc::TokenFound* TokenModule::find(const TokenId& token) const {
    for (const auto& found : listing_.tokens)
        if (found.id == token) return &found;
    return nullptr;
}

uint32_t TokenModule::key_count(const ipc::TokenFound& token) const {
    const auto keys = std::ranges::count_if(listing_.keys, [&](const ipc::KeyFound& key) {
        return key.reference.token == token.id && may_have_private_key({&token, &key});
    });
    return static_cast<uint32_t>(keys);
}

TokenWorker& TokenModule::worker() {
    if (!worker_) throw Error(ErrorCode::ModuleFailed, failure_);
    return *worker_;
}

void TokenModule::refresh(Milliseconds age, Action done) {
    if (restarts_at_once_) return told_after_this_.push_back(std::move(done));
    if (!worker_ || (!listing_now_ && listed_at_ && Clock::now() - *listed_at_ < age)) return done();
    if (listing_now_) {
        // A look that has begun is new enough, unless the caller must see what has just changed.
        (age > Milliseconds(0) ? told_after_this_ : told_after_next_).push_back(std::move(done));
        return;
    }
    told_after_this_.push_back(std::move(done));
    begin_listing();
}

void TokenModule::begin_listing() {
    listing_now_ = true;
    listed_at_ = Clock::now();
    worker_->list([this](Outcome<Listing> outcome) { listed(std::move(outcome)); });
}

void TokenModule::listed(Outcome<Listing> outcome) {
    listing_now_ = false;
    if (const auto* error = error_of(outcome)) {
        log(Severity::Warning, "module " + setup_.path + ": cannot list its tokens: " + error->message());
        adopt({});
    } else {
        has_served_ = true;
        const auto before = listing_.tokens;
        adopt(std::get<Listing>(std::move(outcome)));
        for (const auto& token : before)
            if (was_removed(token)) events_.removed(token);
    }
    // What died while it looked is replaced: the next one's look answers.
    if (!restarts_at_once_) tell_of_look();
}

void TokenModule::adopt(Listing listing) {
    const bool changed = listing.tokens != listing_.tokens || listing.keys != listing_.keys;
    listing_ = std::move(listing);
    if (changed) events_.changed();
}

/// A token that is in its slot but could not be read has not been removed.
bool TokenModule::was_removed(const ipc::TokenFound& token) const {
    if (find(token.id)) return false;
    const bool other_there =
        std::ranges::find(listing_.tokens, token.slot, &ipc::TokenFound::slot) != listing_.tokens.end();
    const auto slot = std::ranges::find(listing_.slots, token.slot, &ipc::SlotFound::slot);
    return other_there || slot == listing_.slots.end() || !slot->has_token;
}

void TokenModule::tell_of_look() {
    auto told = std::move(told_after_this_);
    told_after_this_ = std::move(told_after_next_);
    told_after_next_.clear();
    if (!told_after_this_.empty()) {
        if (worker_) {
            begin_listing();
        } else {
            told.insert(told.end(), told_after_this_.begin(), told_after_this_.end());
            told_after_this_.clear();
        }
    }
    for (const auto& tell : told) tell();
}

void TokenModule::log_out(const TokenId& token, Action done) {
    worker().logout(token, [this, token, done = std::move(done)](const Outcome<std::monostate>& outcome) {
        const auto* error = error_of(outcome);
        const bool gone =
            error && (error->code() == ErrorCode::TokenAbsent || error->code() == ErrorCode::TokenRemoved);
        if (error && !gone && worker_) worker_->abandon(*error);
        set_logged_in(token, false);
        done();
    });
}

void TokenModule::set_logged_in(const TokenId& token, bool logged_in) {
    auto listing = listing_;
    for (auto& found : listing.tokens)
        if (found.id == token) found.logged_in = logged_in;
    adopt(std::move(listing));
}

void TokenModule::look_again(const TokenId& token, ErrorCode why) {
    // One that was removed has logged out, also if it is back by the time of that look.
    if (why == ErrorCode::InteractionRequired || why == ErrorCode::TokenRemoved) set_logged_in(token, false);
    refresh(Milliseconds(0), [] {});
}

void TokenModule::start() {
    restart_.reset();
    restarts_at_once_ = has_served_ = false;
    back_off_.started(BackOff::Clock::now());
    try {
        worker_ = std::make_unique<TokenWorker>(
            loop_, TokenWorker::Start{program_, setup_.path, module_environment(setup_), setup_.init_args}, deadlines_,
            TokenWorker::Events{.died = [this](const Error& why) { failed(why); },
                                .tokens_changed = [this] { refresh(Milliseconds(0), [] {}); }});
    } catch (const Error& error) {  // a process that cannot be started has failed like one that died
        return failed(error);
    }
    failure_.clear();
    refresh(Milliseconds(0), [] {});
}

// Called from within the worker, which is therefore kept until the loop is back.
void TokenModule::failed(const Error& why) {
    log(Severity::Error, why.message());
    failure_ = why.message();
    const bool stepped_down = has_served_ && worker_ && worker_->has_stepped_down();
    failed_worker_ = std::move(worker_);
    adopt({});
    listed_at_.reset();
    const auto delay = stepped_down ? Milliseconds(0) : back_off_.failed(BackOff::Clock::now());
    restarts_at_once_ = delay == Milliseconds(0);
    restart_ = loop_.after(delay, [this] {
        failed_worker_.reset();
        start();
    });
    if (!restarts_at_once_ && !listing_now_) tell_of_look();
}

}  // namespace cardseal::broker
