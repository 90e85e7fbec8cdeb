// SPDX-License-Identifier: LGPL-2.1-or-later
// Prompts: asking a person for a token's PIN, one prompt at a time, shared by the jobs that wait for that token.
#include "broker/prompts.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"

namespace cardseal::broker {

namespace {

constexpr Milliseconds time_to_leave{2'000};

constexpr auto passed_on = std::to_array<std::string_view>(
    {"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME", "PATH", "LANG",
     "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "GPG_TTY", "TERM"});

std::vector<std::string> pinentry_environment(const std::string& display) {
    auto environment = sandbox::environment_of(passed_on);
    if (display.empty()) return environment;
    std::erase_if(environment, [](const std::string& entry) { return entry.starts_with("DISPLAY="); });
    environment.push_back("DISPLAY=" + display);
    return environment;
}

ipc::Prompt prompt_of(const PromptRequest& request) {
    return {.title = "Cardseal", .description = request.description, .options = request.pinentry_options};
}

std::optional<Error> failure_of(const Outcome<ipc::LoginEnded>& outcome) {
    if (const auto* error = error_of(outcome)) return *error;
    const auto& ended = std::get<ipc::LoginEnded>(outcome);
    if (ended.result == ipc::LoginResult::LoggedIn) return std::nullopt;
    return Error(ipc::error_code_of(ended.result), ended.message);
}

}  // namespace

PromptTicket& PromptTicket::operator=(PromptTicket&& other) noexcept {
    std::swap(prompts_, other.prompts_);
    std::swap(number_, other.number_);
    return *this;
}

PromptTicket::~PromptTicket() {
    if (prompts_) prompts_->leave(number_);
}

PromptTicket Prompts::log_in(const PromptRequest& request, Told told) {
    const auto number = next_number_++;
    auto entry = std::ranges::find_if(line_, [&](const Entry& each) {
        return each.request.token == request.token && !each.waiters.empty() && !each.begin;
    });
    if (entry == line_.end()) entry = line_.insert(line_.end(), Entry{request, {}, {}});
    entry->waiters.emplace(number, std::move(told));
    return ticket(number);
}

PromptTicket Prompts::take_turn(const PromptRequest& request, Begin begin) {
    const auto number = next_number_++;
    line_.push_back({request, {{number, {}}}, std::move(begin)});
    return ticket(number);
}

PromptTicket Prompts::confirm(const PromptRequest& request, Told told) {
    return ask_in_turn(ipc::MessageType::Confirm, request, std::move(told));
}

PromptTicket Prompts::renew_pin(const PromptRequest& request, PinRenewal renewal, Told told) {
    const auto question = renewal == PinRenewal::Change ? ipc::MessageType::ChangePin : ipc::MessageType::UnblockPin;
    return ask_in_turn(question, request, std::move(told));
}

PromptTicket Prompts::ask_in_turn(ipc::MessageType question, const PromptRequest& request, Told told) {
    return take_turn(request, [this, question, token = request.token, told = std::move(told)](Outcome<Turn> outcome) {
        if (const auto* error = error_of(outcome)) return told(*error);
        auto& turn = std::get<Turn>(outcome);
        try {
            modules_.module_of(token).worker().ask_person(question, {token, std::move(turn.prompt)},
                                                          std::move(turn.pinentry),
                                                          [told](const auto& ended) { told(failure_of(ended)); });
        } catch (const Error& error) {  // the waiter's job ends with it
            told(error);
        }
    });
}

PromptTicket Prompts::show_notice(const PromptRequest& request) {
    if (asking_ || !line_.empty() || process_ || !leaving_.empty()) return {};
    auto pinentry = start_notice(request);
    if (!pinentry) return {};
    notice_ = next_number_++;
    PromptTicket ticket(*this, *notice_);
    try {
        modules_.module_of(request.token)
            .worker()
            .show_notice({request.token, prompt_of(request)}, std::move(pinentry));
    } catch (const Error&) {  // the operation that it is about ends with this error
        return {};
    }
    return ticket;
}

PromptTicket Prompts::ticket(uint64_t number) {
    serve_soon();
    return PromptTicket(*this, number);
}

void Prompts::leave(uint64_t number) {
    if (notice_ == number) {
        notice_.reset();
        return dismiss_pinentry();
    }
    for (auto entry = line_.begin(); entry != line_.end(); ++entry) {
        if (entry->waiters.erase(number) == 0) continue;
        if (!entry->waiters.empty()) return;
        if (!asking_ || entry != line_.begin())
            line_.erase(entry);
        else if (entry->begin)
            end_turn();
        else
            dismiss_pinentry();  // the token worker then tells that the login has ended
        return;
    }
}

void Prompts::serve_soon() {
    if (!asking_) next_ = loop_.soon([this] { serve_next(); });
}

void Prompts::serve_next() {
    if (asking_ || line_.empty()) return;
    if (notice_) {
        notice_.reset();
        dismiss_pinentry();
    }
    // One at a time: two at a terminal would fight for it.
    if (!leaving_.empty()) return;
    asking_ = true;
    const auto& entry = line_.front();
    if (const auto begin = entry.begin) return begin(start_turn(entry.request));
    const auto* token = modules_.find_token(entry.request.token);
    if (token && is_open(*token)) return tell(std::nullopt);  // somebody before us has logged in
    try {
        ask(entry);
    } catch (const Error& error) {  // the waiters' jobs end with it
        tell(error);
    }
}

FileDescriptor Prompts::start_pinentry(const PromptRequest& request) {
    auto sockets = make_stream_sockets();
    try {
        process_ = sandbox::start_process({.program = pinentry_,
                                           .arguments = {},
                                           .environment = pinentry_environment(request.display),
                                           .standard_stream = sockets.theirs.get()});
    } catch (const Error& error) {  // whatever the system says of it, it is pinentry that fails
        throw Error(ErrorCode::PinentryFailed, error.message());
    }
    return std::move(sockets.ours);
}

/// For a notice: without it a person can still see what the reader shows.
FileDescriptor Prompts::start_notice(const PromptRequest& request) {
    try {
        return start_pinentry(request);
    } catch (const Error& error) {  // nothing that is asked for fails with it
        log(Severity::Warning, "a notice is not shown: " + error.message());
        return {};
    }
}

Outcome<Turn> Prompts::start_turn(const PromptRequest& request) {
    try {
        const auto* token = modules_.find_token(request.token);
        const bool at_pin_pad = token && token->authentication == ipc::Authentication::PinPad;
        return Turn{prompt_of(request), at_pin_pad ? start_notice(request) : start_pinentry(request)};
    } catch (const Error& error) {  // told to who waits for the turn
        return error;
    }
}

void Prompts::ask(const Entry& entry) {
    const auto& request = entry.request;
    auto& module = modules_.module_of(request.token);
    const auto& token = *module.find(request.token);
    auto pinentry =
        token.authentication == ipc::Authentication::PinPad ? start_notice(request) : start_pinentry(request);
    module.worker().login({.token = request.token, .prompt = prompt_of(request)}, std::move(pinentry),
                          [this](const auto& outcome) { ended(outcome); });
}

void Prompts::ended(const Outcome<ipc::LoginEnded>& outcome) {
    dismiss_pinentry();
    const auto failure = failure_of(outcome);
    if (!failure) logins_.began(line_.front().request.token);
    look_again_and_tell(line_.front().request.token, failure);
}

// Keys may show only after login, and a wrong PIN changes what the token says of its PIN.
void Prompts::look_again_and_tell(const TokenId& token, const std::optional<Error>& failure) {
    for (const auto& module : modules_.all()) {
        if (!module->find(token)) continue;
        if (!failure) module->set_logged_in(token, true);
        return module->refresh(Milliseconds(0), [this, failure] { tell(failure); });
    }
    tell(failure);
}

void Prompts::tell(const std::optional<Error>& failure) {
    const auto waiters = std::move(line_.front().waiters);
    line_.pop_front();
    asking_ = false;
    serve_soon();
    for (const auto& [number, told] : waiters) told(failure);
}

void Prompts::end_turn() {
    dismiss_pinentry();
    line_.pop_front();
    asking_ = false;
    serve_soon();
}

void Prompts::dismiss_pinentry() {
    if (!process_) return;
    process_->terminate();  // not killed at once: one on a terminal has its settings to restore
    auto& leaving = leaving_.emplace_back(Leaving{std::move(*process_), {}, {}});
    process_.reset();
    const auto forget = [this, &leaving] {
        serve_soon();
        leaving_.remove_if([&](const Leaving& each) { return &each == &leaving; });
    };
    leaving.ended = loop_.when_readable(leaving.process.pidfd(), forget);
    leaving.overdue = loop_.after(time_to_leave, forget);
}

}  // namespace cardseal::broker
